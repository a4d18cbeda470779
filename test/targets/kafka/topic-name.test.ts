import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultTopic, topicInScenario, topicOfRun, topicProblem } from '../../../src/targets/kafka/topic-name.ts';

describe('a topic', () => {
  it.each(['meters', 'a.b_c-D9', defaultTopic, 'x'.repeat(249), '<run>', 'a-<scenario>'])('may be %s', (topic) => {
    expect(topicProblem(topic)).toBeNull();
  });

  it.each([
    ['', /not empty/],
    ['.', /cannot be called/],
    ['..', /cannot be called/],
    ['x'.repeat(250), /at most 249/],
    ['meters/temperature', /no "\/"/],
    ['zähler', /no "ä"/],
    ['my meters', /no " "/],
    ['m-<device>', /go to one topic/],
    ['m-<sequence>', /no "<sequence>"/],
    ['m-<run:2>', /takes no format/],
    ['m-<run', /not closed/],
    ['m-<<run', /no "<"/],
  ])('may not be %s', (topic, error) => {
    const problem = topicProblem(topic);
    expect(problem?.error).toMatch(error);
    expect(problem?.hint).not.toBe('');
  });

  it('takes the names of scenario and run', () => {
    expect(topicOfRun(topicInScenario(defaultTopic, 'Meters → lake!'), 'r0123abcd')).toBe(
      'iotload-Meters-lake-r0123abcd',
    );
    expect(topicOfRun('fixed', 'r1')).toBe('fixed');
  });

  it('has a legal default name whatever the scenario is called, for every run id', () => {
    const runId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), runId, (scenario, run) => {
        const name = topicOfRun(topicInScenario(defaultTopic, scenario), run);
        expect(name).toMatch(/^iotload-[A-Za-z0-9._-]{1,160}-[A-Za-z0-9._-]{1,64}$/);
        expect(name.endsWith(`-${run}`)).toBe(true);
      }),
    );
  });

  it('is refused when the run id makes it too long', () => {
    expect(() => topicOfRun(`${'x'.repeat(240)}<run>`, 'r123456789')).toThrow(
      expect.objectContaining({ code: 'bad-scenario' }),
    );
  });
});
