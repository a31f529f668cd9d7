import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { Agent, fetch as ufetch, request } from 'undici'
const port=process.argv[2], mode=process.argv[3]||'builtin', conc=+process.argv[4]||4
const agent=new Agent({})
const reqFetch=async(url,init)=>{const r=await agent.request({origin:new URL(url).origin,path:new URL(url).pathname,method:'POST',headers:init.headers,body:init.body,signal:init.signal})
 const it=r.body
 return new Response(new ReadableStream({start(c){it.on('data',b=>c.enqueue(b));it.on('end',()=>c.close());it.on('error',e=>c.error(e))}}),{status:r.statusCode,headers:Object.entries(r.headers).map(([k,v])=>[k,String(v)])})}
const fetchImpl=mode==='builtin'?undefined:mode==='undici'?(u,i)=>ufetch(u,{...i,dispatcher:agent}):reqFetch
const p=createOpenAICompatible({name:'x',baseURL:`http://127.0.0.1:${port}/v1`,includeUsage:true,fetch:fetchImpl})
const m=p.chatModel('m')
const one=async()=>{const {stream}=await m.doStream({prompt:[{role:'user',content:[{type:'text',text:'hi'}]}]});let n=0;const r=stream.getReader();for(;;){const{done,value}=await r.read();if(done)break;if(value.type==='text-delta')n++}return n}
await one()
const c=process.cpuUsage(),t=performance.now();const ns=await Promise.all(Array.from({length:conc},one));const n=ns.reduce((a,b)=>a+b)
const u=process.cpuUsage(c);console.log(mode,n,'us/piece cpu',((u.user+u.system)/n).toFixed(2),'wall us',((performance.now()-t)*1000/n).toFixed(2));agent.close()
