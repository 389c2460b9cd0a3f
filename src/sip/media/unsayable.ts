/** What would end an argument, or be replaced by FreeSWITCH: quotes, braces, `$`, control characters. Apart, so that a configuration is checked without loading more. */
export const unsayableInPath = /[\p{Cc}'"\\{}[\]$,;]/u;
export const unsayableText = 'FreeSWITCH cannot take a path with quotes, braces, brackets, commas, semicolons or $';
