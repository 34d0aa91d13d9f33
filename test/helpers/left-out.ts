/** A line on standard error that begins so gives the reporter the reason why tests of its file are left out. */
export const LEFT_OUT = 'left out: '
