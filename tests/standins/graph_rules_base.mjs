// graph_rules_base.mjs - tijolos das regras: membros, objetos, textos.

import { badParam, missing } from './graph_errors.mjs';

export const isObject = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// A Meta conta caracteres, não bytes nem unidades UTF-16.
export const length = (text) => [...text].length;

export function isLink(value) {
  if (typeof value !== 'string' || value.length > 2048) return false;
  try {
    return ['http:', 'https:'].includes(new URL(value).protocol);
  } catch {
    return false;
  }
}

export function keys(object, allowed, at) {
  for (const key of Object.keys(object)) {
    if (!allowed.includes(key)) {
      throw badParam(at
        ? `Unexpected key "${key}" on param "${at}".`
        : `Unexpected key "${key}".`);
    }
  }
}

export function needObject(value, at) {
  if (value === undefined) throw missing(at);
  if (!isObject(value)) throw badParam(`Param ${at} must be a JSON object.`);
}

export function needText(value, at, max, min = 1) {
  if (value === undefined) throw missing(at);
  if (typeof value !== 'string') throw badParam(`Param ${at} must be a string.`);
  const size = length(value);
  if (size < min) throw badParam(`Param ${at} must be a non-empty string.`);
  if (size > max) {
    throw badParam(`Param ${at} must be at most ${max} characters long.`);
  }
}

export function optionalText(value, at, max) {
  if (value !== undefined) needText(value, at, max, 0);
}

export function needList(value, at, min, max) {
  if (value === undefined) throw missing(at);
  if (!Array.isArray(value) || value.length < min || value.length > max) {
    throw badParam(
      `Param ${at} must be an array with ${min} to ${max} elements.`);
  }
}

export function unique(values, at, what) {
  if (new Set(values).size !== values.length) {
    throw badParam(`Param ${at} must have unique ${what}.`);
  }
}
