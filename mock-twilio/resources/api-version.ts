/** Of everything under api.twilio.com, in its paths, its resources and its callbacks. */
export const apiVersion = '2010-04-01'
