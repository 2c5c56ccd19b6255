// `npm run simulate` lives through a month of a school district, `npm run simulate -- video` through one of video
// calls. The rest of the arguments are the simulation's own.
if (process.argv.includes('video')) await import('./video-calls.ts')
else await import('./school-district.ts')
