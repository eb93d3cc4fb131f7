/* sources d770aa1b84c3f5afe80b38ce92499609ba941d8687061a997f2c516e1c1a0868 code 51cde9370e1deda0ddd8c2c9151ae956392a27692f01709542063a40c4d43768 */
var W=globalThis,Z=W.ShadowRoot&&(W.ShadyCSS===void 0||W.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,_e=Symbol(),Pe=new WeakMap,P=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==_e)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(Z&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=Pe.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&Pe.set(t,e))}return e}toString(){return this.cssText}},Ue=i=>new P(typeof i=="string"?i:i+"",void 0,_e),ve=(i,...e)=>{let t=i.length===1?i[0]:e.reduce((n,s,r)=>n+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(s)+i[r+1],i[0]);return new P(t,i,_e)},Me=(i,e)=>{if(Z)i.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let n=document.createElement("style"),s=W.litNonce;s!==void 0&&n.setAttribute("nonce",s),n.textContent=t.cssText,i.appendChild(n)}},be=Z?i=>i:i=>i instanceof CSSStyleSheet?(e=>{let t="";for(let n of e.cssRules)t+=n.cssText;return Ue(t)})(i):i;var{is:Ot,defineProperty:Pt,getOwnPropertyDescriptor:Ut,getOwnPropertyNames:Mt,getOwnPropertySymbols:Nt,getPrototypeOf:Lt}=Object,G=globalThis,Ne=G.trustedTypes,It=Ne?Ne.emptyScript:"",zt=G.reactiveElementPolyfillSupport,U=(i,e)=>i,$e={toAttribute(i,e){switch(e){case Boolean:i=i?It:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,e){let t=i;switch(e){case Boolean:t=i!==null;break;case Number:t=i===null?null:Number(i);break;case Object:case Array:try{t=JSON.parse(i)}catch{t=null}}return t}},Ie=(i,e)=>!Ot(i,e),Le={attribute:!0,type:String,converter:$e,reflect:!1,useDefault:!1,hasChanged:Ie};Symbol.metadata??=Symbol("metadata"),G.litPropertyMetadata??=new WeakMap;var b=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Le){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),s=this.getPropertyDescriptor(e,n,t);s!==void 0&&Pt(this.prototype,e,s)}}static getPropertyDescriptor(e,t,n){let{get:s,set:r}=Ut(this.prototype,e)??{get(){return this[t]},set(o){this[t]=o}};return{get:s,set(o){let a=s?.call(this);r?.call(this,o),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Le}static _$Ei(){if(this.hasOwnProperty(U("elementProperties")))return;let e=Lt(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(U("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(U("properties"))){let t=this.properties,n=[...Mt(t),...Nt(t)];for(let s of n)this.createProperty(s,t[s])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[n,s]of t)this.elementProperties.set(n,s)}this._$Eh=new Map;for(let[t,n]of this.elementProperties){let s=this._$Eu(t,n);s!==void 0&&this._$Eh.set(s,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let s of n)t.unshift(be(s))}else e!==void 0&&t.push(be(e));return t}static _$Eu(e,t){let n=t.attribute;return n===!1?void 0:typeof n=="string"?n:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Me(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),s=this.constructor._$Eu(e,n);if(s!==void 0&&n.reflect===!0){let r=(n.converter?.toAttribute!==void 0?n.converter:$e).toAttribute(t,n.type);this._$Em=e,r==null?this.removeAttribute(s):this.setAttribute(s,r),this._$Em=null}}_$AK(e,t){let n=this.constructor,s=n._$Eh.get(e);if(s!==void 0&&this._$Em!==s){let r=n.getPropertyOptions(s),o=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:$e;this._$Em=s;let a=o.fromAttribute(t,r.type);this[s]=a??this._$Ej?.get(s)??a,this._$Em=null}}requestUpdate(e,t,n,s=!1,r){if(e!==void 0){let o=this.constructor;if(s===!1&&(r=this[e]),n??=o.getPropertyOptions(e),!((n.hasChanged??Ie)(r,t)||n.useDefault&&n.reflect&&r===this._$Ej?.get(e)&&!this.hasAttribute(o._$Eu(e,n))))return;this.C(e,t,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:s,wrapped:r},o){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,o??t??this[e]),r!==!0||o!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),s===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[s,r]of this._$Ep)this[s]=r;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[s,r]of n){let{wrapped:o}=r,a=this[s];o!==!0||this._$AL.has(s)||a===void 0||this.C(s,void 0,r,a)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(t)):this._$EM()}catch(n){throw e=!1,this._$EM(),n}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};b.elementStyles=[],b.shadowRootOptions={mode:"open"},b[U("elementProperties")]=new Map,b[U("finalized")]=new Map,zt?.({ReactiveElement:b}),(G.reactiveElementVersions??=[]).push("2.1.2");var xe=globalThis,ze=i=>i,K=xe.trustedTypes,Fe=K?K.createPolicy("lit-html",{createHTML:i=>i}):void 0,Ae="$lit$",$=`lit$${Math.random().toFixed(9).slice(2)}$`,ke="?"+$,Ft=`<${ke}>`,T=document,N=()=>T.createComment(""),L=i=>i===null||typeof i!="object"&&typeof i!="function",Se=Array.isArray,Ze=i=>Se(i)||typeof i?.[Symbol.iterator]=="function",we=`[ 	
\f\r]`,M=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,qe=/-->/g,je=/>/g,S=RegExp(`>|${we}(?:([^\\s"'>=/]+)(${we}*=${we}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Ve=/'/g,Be=/"/g,Ge=/^(?:script|style|textarea|title)$/i,Ce=i=>(e,...t)=>({_$litType$:i,strings:e,values:t}),h=Ce(1),Ln=Ce(2),In=Ce(3),w=Symbol.for("lit-noChange"),u=Symbol.for("lit-nothing"),We=new WeakMap,C=T.createTreeWalker(T,129);function Ke(i,e){if(!Se(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return Fe!==void 0?Fe.createHTML(e):e}var Je=(i,e)=>{let t=i.length-1,n=[],s,r=e===2?"<svg>":e===3?"<math>":"",o=M;for(let a=0;a<t;a++){let l=i[a],d,m,c=-1,p=0;for(;p<l.length&&(o.lastIndex=p,m=o.exec(l),m!==null);)p=o.lastIndex,o===M?m[1]==="!--"?o=qe:m[1]!==void 0?o=je:m[2]!==void 0?(Ge.test(m[2])&&(s=RegExp("</"+m[2],"g")),o=S):m[3]!==void 0&&(o=S):o===S?m[0]===">"?(o=s??M,c=-1):m[1]===void 0?c=-2:(c=o.lastIndex-m[2].length,d=m[1],o=m[3]===void 0?S:m[3]==='"'?Be:Ve):o===Be||o===Ve?o=S:o===qe||o===je?o=M:(o=S,s=void 0);let f=o===S&&i[a+1].startsWith("/>")?" ":"";r+=o===M?l+Ft:c>=0?(n.push(d),l.slice(0,c)+Ae+l.slice(c)+$+f):l+$+(c===-2?a:f)}return[Ke(i,r+(i[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),n]},I=class i{constructor({strings:e,_$litType$:t},n){let s;this.parts=[];let r=0,o=0,a=e.length-1,l=this.parts,[d,m]=Je(e,t);if(this.el=i.createElement(d,n),C.currentNode=this.el.content,t===2||t===3){let c=this.el.content.firstChild;c.replaceWith(...c.childNodes)}for(;(s=C.nextNode())!==null&&l.length<a;){if(s.nodeType===1){if(s.hasAttributes())for(let c of s.getAttributeNames())if(c.endsWith(Ae)){let p=m[o++],f=s.getAttribute(c).split($),y=/([.?@])?(.*)/.exec(p);l.push({type:1,index:r,name:y[2],strings:f,ctor:y[1]==="."?Y:y[1]==="?"?Q:y[1]==="@"?X:E}),s.removeAttribute(c)}else c.startsWith($)&&(l.push({type:6,index:r}),s.removeAttribute(c));if(Ge.test(s.tagName)){let c=s.textContent.split($),p=c.length-1;if(p>0){s.textContent=K?K.emptyScript:"";for(let f=0;f<p;f++)s.append(c[f],N()),C.nextNode(),l.push({type:2,index:++r});s.append(c[p],N())}}}else if(s.nodeType===8)if(s.data===ke)l.push({type:2,index:r});else{let c=-1;for(;(c=s.data.indexOf($,c+1))!==-1;)l.push({type:7,index:r}),c+=$.length-1}r++}}static createElement(e,t){let n=T.createElement("template");return n.innerHTML=e,n}};function R(i,e,t=i,n){if(e===w)return e;let s=n!==void 0?t._$Co?.[n]:t._$Cl,r=L(e)?void 0:e._$litDirective$;return s?.constructor!==r&&(s?._$AO?.(!1),r===void 0?s=void 0:(s=new r(i),s._$AT(i,t,n)),n!==void 0?(t._$Co??=[])[n]=s:t._$Cl=s),s!==void 0&&(e=R(i,s._$AS(i,e.values),s,n)),e}var J=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,s=(e?.creationScope??T).importNode(t,!0);C.currentNode=s;let r=C.nextNode(),o=0,a=0,l=n[0];for(;l!==void 0;){if(o===l.index){let d;l.type===2?d=new H(r,r.nextSibling,this,e):l.type===1?d=new l.ctor(r,l.name,l.strings,this,e):l.type===6&&(d=new ee(r,this,e)),this._$AV.push(d),l=n[++a]}o!==l?.index&&(r=C.nextNode(),o++)}return C.currentNode=T,s}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(e,n,t),t+=n.strings.length-2):n._$AI(e[t])),t++}},H=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,s){this.type=2,this._$AH=u,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=s,this._$Cv=s?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=R(this,e,t),L(e)?e===u||e==null||e===""?(this._$AH!==u&&this._$AR(),this._$AH=u):e!==this._$AH&&e!==w&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Ze(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==u&&L(this._$AH)?this._$AA.nextSibling.data=e:this.T(T.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,s=typeof n=="number"?this._$AC(e):(n.el===void 0&&(n.el=I.createElement(Ke(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===s)this._$AH.p(t);else{let r=new J(s,this),o=r.u(this.options);r.p(t),this.T(o),this._$AH=r}}_$AC(e){let t=We.get(e.strings);return t===void 0&&We.set(e.strings,t=new I(e)),t}k(e){Se(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,n,s=0;for(let r of e)s===t.length?t.push(n=new i(this.O(N()),this.O(N()),this,this.options)):n=t[s],n._$AI(r),s++;s<t.length&&(this._$AR(n&&n._$AB.nextSibling,s),t.length=s)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let n=ze(e).nextSibling;ze(e).remove(),e=n}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},E=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,s,r){this.type=1,this._$AH=u,this._$AN=void 0,this.element=e,this.name=t,this._$AM=s,this.options=r,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=u}_$AI(e,t=this,n,s){let r=this.strings,o=!1;if(r===void 0)e=R(this,e,t,0),o=!L(e)||e!==this._$AH&&e!==w,o&&(this._$AH=e);else{let a=e,l,d;for(e=r[0],l=0;l<r.length-1;l++)d=R(this,a[n+l],t,l),d===w&&(d=this._$AH[l]),o||=!L(d)||d!==this._$AH[l],d===u?e=u:e!==u&&(e+=(d??"")+r[l+1]),this._$AH[l]=d}o&&!s&&this.j(e)}j(e){e===u?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Y=class extends E{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===u?void 0:e}},Q=class extends E{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==u)}},X=class extends E{constructor(e,t,n,s,r){super(e,t,n,s,r),this.type=5}_$AI(e,t=this){if((e=R(this,e,t,0)??u)===w)return;let n=this._$AH,s=e===u&&n!==u||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,r=e!==u&&(n===u||s);s&&this.element.removeEventListener(this.name,this,n),r&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},ee=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){R(this,e)}},Ye={M:Ae,P:$,A:ke,C:1,L:Je,R:J,D:Ze,V:R,I:H,H:E,N:Q,U:X,B:Y,F:ee},qt=xe.litHtmlPolyfillSupport;qt?.(I,H),(xe.litHtmlVersions??=[]).push("3.3.3");var Qe=(i,e,t)=>{let n=t?.renderBefore??e,s=n._$litPart$;if(s===void 0){let r=t?.renderBefore??null;n._$litPart$=s=new H(e.insertBefore(N(),r),r,void 0,t??{})}return s._$AI(i),s};var Te=globalThis,x=class extends b{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Qe(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return w}};x._$litElement$=!0,x.finalized=!0,Te.litElementHydrateSupport?.({LitElement:x});var jt=Te.litElementPolyfillSupport;jt?.({LitElement:x});(Te.litElementVersions??=[]).push("4.2.2");var Xe={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},et=i=>(...e)=>({_$litDirective$:i,values:e}),te=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:Vt}=Ye,tt=i=>i;var nt=()=>document.createComment(""),O=(i,e,t)=>{let n=i._$AA.parentNode,s=e===void 0?i._$AB:e._$AA;if(t===void 0){let r=n.insertBefore(nt(),s),o=n.insertBefore(nt(),s);t=new Vt(r,o,i,i.options)}else{let r=t._$AB.nextSibling,o=t._$AM,a=o!==i;if(a){let l;t._$AQ?.(i),t._$AM=i,t._$AP!==void 0&&(l=i._$AU)!==o._$AU&&t._$AP(l)}if(r!==s||a){let l=t._$AA;for(;l!==r;){let d=tt(l).nextSibling;tt(n).insertBefore(l,s),l=d}}}return t},A=(i,e,t=i)=>(i._$AI(e,t),i),Bt={},it=(i,e=Bt)=>i._$AH=e,st=i=>i._$AH,ne=i=>{i._$AR(),i._$AA.remove()};var rt=(i,e,t)=>{let n=new Map;for(let s=e;s<=t;s++)n.set(i[s],s);return n},ot=et(class extends te{constructor(i){if(super(i),i.type!==Xe.CHILD)throw Error("repeat() can only be used in text expressions")}dt(i,e,t){let n;t===void 0?t=e:e!==void 0&&(n=e);let s=[],r=[],o=0;for(let a of i)s[o]=n?n(a,o):o,r[o]=t(a,o),o++;return{values:r,keys:s}}render(i,e,t){return this.dt(i,e,t).values}update(i,[e,t,n]){let s=st(i),{values:r,keys:o}=this.dt(e,t,n);if(!Array.isArray(s))return this.ut=o,r;let a=this.ut??=[],l=[],d,m,c=0,p=s.length-1,f=0,y=r.length-1;for(;c<=p&&f<=y;)if(s[c]===null)c++;else if(s[p]===null)p--;else if(a[c]===o[f])l[f]=A(s[c],r[f]),c++,f++;else if(a[p]===o[y])l[y]=A(s[p],r[y]),p--,y--;else if(a[c]===o[y])l[y]=A(s[c],r[y]),O(i,l[y+1],s[c]),c++,y--;else if(a[p]===o[f])l[f]=A(s[p],r[f]),O(i,s[c],s[p]),p--,f++;else if(d===void 0&&(d=rt(o,f,y),m=rt(a,c,p)),d.has(a[c]))if(d.has(a[p])){let v=m.get(o[f]),ge=v!==void 0?s[v]:null;if(ge===null){let Oe=O(i,s[c]);A(Oe,r[f]),l[f]=Oe}else l[f]=A(ge,r[f]),O(i,s[c],ge),s[v]=null;f++}else ne(s[p]),p--;else ne(s[c]),c++;for(;f<=y;){let v=O(i,l[y+1]);A(v,r[f]),l[f++]=v}for(;c<=p;){let v=s[c++];v!==null&&ne(v)}return this.ut=o,it(i,l),w}});var Wt=["automation","script"];async function at(i,e,t){if(e.subentry_id!==null&&t.origin_title!==null){let r=Zt(i,e);return{name:t.origin_title,...r?{href:r}:{}}}let n=await Gt(i,t);if(n!==void 0){let{domain:r,item_id:o,run_id:a}=n,l=Kt(i,n);return{name:l&&i.states[l]?.attributes.friendly_name||o,trace:`/config/${r}/trace/${encodeURIComponent(o)}?run_id=${encodeURIComponent(a)}`}}let s=await Jt(i,e,t)??t.user;return s?{name:s}:void 0}function Zt(i,e){for(let[t,n]of Object.entries(i.devices))if(n.config_entries_subentries?.[e.config_entry_id]?.includes(e.subentry_id))return`/config/devices/device/${t}`}async function Gt(i,{context_id:e}){if(e!==null)try{return(await i.callWS({type:"trace/contexts"}))[e]}catch{return}}function Kt(i,{domain:e,item_id:t}){return Object.keys(i.states).find(n=>n.startsWith(`${e}.`)&&(n===`${e}.${t}`||i.states[n]?.attributes.id===t))}async function Jt(i,e,{context_id:t}){if(t===null)return;let n=Date.parse(e.accepted_at);try{let r=(await i.callWS({type:"logbook/get_events",start_time:new Date(n-864e5).toISOString(),end_time:new Date(n+864e5).toISOString(),context_id:t})).find(a=>Wt.includes(a.domain??"")),o=r?.entity_id;return o&&i.states[o]?.attributes.friendly_name||r?.name}catch{return}}var lt=["pending","sending","uncertain","delivered","failed","expired","discarded"],k=["waiting","delivered","failed","expired","discarded"],Re=["pending","sending","uncertain"],dt={pending:"mdi:clock-outline",sending:"mdi:send-outline",uncertain:"mdi:help-circle-outline",delivered:"mdi:check-circle-outline",failed:"mdi:alert-circle-outline",expired:"mdi:timer-off-outline",discarded:"mdi:cancel"},ie=i=>i.state==="failed"||i.state==="expired"||i.state==="uncertain",ct=i=>i.unclear&&(i.state==="failed"||i.state==="uncertain"),se=i=>i.state==="pending"||i.state==="uncertain"||i.state==="failed";function z(i){return i===void 0?[]:i==="waiting"?Re:[i]}var re={hour:3600,day:86400,week:604800},ht=i=>i in re,ut=(i,e)=>["connection","choice","rule","span","words"].every(t=>i[t]===e[t]),pt=i=>Date.now()-re[i]*1e3;function mt({connection:i,choice:e,rule:t,span:n,words:s}){let r=z(e);return{...i===void 0?{}:{config_entry_id:[i]},...r.length===0?{}:{state:r},...t===void 0?{}:{subentry_id:[t]},...n===void 0?{}:{since:new Date(pt(n)).toISOString()},...s?{search:s}:{}}}function ft({connection:i,choice:e,rule:t,span:n,words:s},r){let o=z(e);return(i===void 0||r.config_entry_id===i)&&(o.length===0||o.includes(r.state))&&(t===void 0||r.subentry_id===t)&&(n===void 0||Date.parse(r.accepted_at)>=pt(n))&&(!s||Yt(r,s))}function Yt(i,e){let t=[i.delivery_id,i.summary,i.outside_id,i.error?.reason].filter(n=>n).join(`
`).toLowerCase();return e.toLowerCase().split(/\s+/).every(n=>t.includes(n))}var Qt=50,yt=200,Xt=3e3,en=2e3,oe=class{rows=[];connections=[];counts;filter={};ready=!1;loading=!1;error;#t=null;#e;#n;#s;#i;#o;#d;#c=0;#r;constructor(e){this.#r=e,e.addController(this)}get hasMore(){return this.#t!==null}set hass(e){this.#e=e,this.#r.isConnected&&this.#m(e.connection)}hostConnected(){this.#e!==void 0&&this.#m(this.#e.connection)}hostDisconnected(){this.#n?.removeEventListener("ready",this.#p),this.#n=void 0,window.clearTimeout(this.#i),window.clearTimeout(this.#o),this.#o=void 0,this.#s?.(),this.#s=void 0}show(e){this.filter=e,this.rows=[],this.ready=!1,this.reload()}async reload(){let e=await this.#h(Math.min(Math.max(this.rows.length,Qt),yt),null);e!==void 0&&(this.rows=e.deliveries,this.#t=e.before,this.#r.requestUpdate())}more(){return this.#d??=this.#a().finally(()=>{this.#d=void 0}),this.#d}async upTo(e){let t;for(;this.rows.length<e&&this.#t!==null&&this.#t!==t;)t=this.#t,await this.more();return this.rows.slice(0,e)}async#a(){if(this.#t===null)return;let e=await this.#h(yt,this.#t);if(e===void 0)return;let t=this.rows.at(-1)?.sequence??1/0,n=e.deliveries.filter(s=>s.sequence<t);n.length>0&&(this.rows=[...this.rows,...n]),this.#t=e.before,this.#r.requestUpdate()}async#h(e,t){let n=this.#e;if(n===void 0)return;let s=++this.#c;this.loading=!0,this.#r.requestUpdate();try{let r=await n.callWS({type:"event_relay/deliveries/list",limit:e,...t===null?{}:{before:t},...mt(this.filter)});return s!==this.#c?void 0:(this.connections=r.connections,this.error=void 0,this.ready=!0,r)}catch(r){s===this.#c&&this.#g(r);return}finally{s===this.#c&&(this.loading=!1),this.#r.requestUpdate()}}#y(e){this.#o??=window.setTimeout(async()=>{this.#o=void 0;try{this.counts=await this.#e?.callWS({type:"event_relay/deliveries/count"})}catch{this.counts=void 0}this.#r.requestUpdate()},e)}#m(e){this.#n!==e&&(this.hostDisconnected(),this.#n=e,e.addEventListener("ready",this.#p),this.#p())}#p=()=>{let e=this.#n;if(e===void 0)return;window.clearTimeout(this.#i),this.#s?.();let t=!1,n=e.subscribeMessage(s=>{t||this.#u(s)},{type:"event_relay/deliveries/subscribe"},{resubscribe:!1});this.#s=()=>{t=!0,n.then(s=>s()).catch(()=>{})},n.catch(s=>{t||(this.#g(s),this.#i=window.setTimeout(this.#p,Xt))})};#g(e){this.error=nn(e)==="unknown_command"?void 0:F(e),this.#r.requestUpdate()}#u(e){if("anew"in e){this.reload(),this.#y(0);return}if(this.#y(en),!this.ready)return;let t=this.#t??0,n=[...this.rows];for(let s of e.deliveries){let r=tn(n,s.sequence),o=n[r]?.sequence===s.sequence?1:0;ft(this.filter,s)&&s.sequence>=t?n.splice(r,o,s):n.splice(r,o)}this.rows=n,this.#r.requestUpdate()}};function tn(i,e){let[t,n]=[0,i.length];for(;t<n;){let s=t+n>>1;(i[s]?.sequence??0)>e?t=s+1:n=s}return t}function F(i){return typeof i=="object"&&i!==null&&"message"in i?String(i.message):String(i)}var nn=i=>typeof i=="object"&&i!==null&&"code"in i?i.code:void 0;var sn={csv:"text/csv",json:"application/json"},rn=/^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/;function gt(i,e,t){let n=i.map(a=>on(a,e)),s=t==="csv"?an(n):JSON.stringify(n,void 0,2),r=URL.createObjectURL(new Blob([s],{type:`${sn[t]};charset=utf-8`})),o=document.createElement("a");o.href=r,o.download=`event-relay-${new Date().toISOString().slice(0,19).replaceAll(":","-")}.${t}`,o.click(),window.setTimeout(()=>URL.revokeObjectURL(r),6e4)}function on(i,e){let t=e.find(s=>s.config_entry_id===i.config_entry_id),n=t?.subentries.find(s=>s.subentry_id===i.subentry_id);return{delivery_id:i.delivery_id,connection:t?.title??i.config_entry_id,state:i.state,outcome_unknown:i.unclear,operation:i.operation,summary:i.summary??"",origin:i.origin,asked_by:n?.title??"",occurred_at:i.occurred_at,accepted_at:i.accepted_at,settled_at:i.settled_at??"",attempts:i.attempts,outside_id:i.outside_id??"",error:i.error?.code??"",reason:i.error?.reason??"",warnings:i.warnings??[],links:i.links??{}}}function an(i){let e=Object.keys(i[0]??{});return`\uFEFF${[e,...i.map(n=>e.map(s=>n[s]))].map(n=>n.map(ln).join(",")).join(`\r
`)}\r
`}function ln(i){if(typeof i=="number"||typeof i=="boolean")return String(i);let e=dn(i);return`"${(rn.test(e)?`'${e}`:e).replaceAll('"','""')}"`}function dn(i){return i==null?"":typeof i=="string"?i:Array.isArray(i)?i.join("; "):Object.values(i).join(" ")}var _t={title:"Zustellungen",description:"Zeigt, was Event Relay zugestellt hat, was wartet und was fehlgeschlagen ist",all_connections:"Alle Verbindungen",all_states:"Alle Zustände",waiting:"Wartend",state_pending:"Wartet",state_sending:"Wird gesendet",state_uncertain:"Ungewiss",state_delivered:"Zugestellt",state_failed:"Fehlgeschlagen",state_expired:"Abgelaufen",state_discarded:"Verworfen",connection:"Verbindung",state:"Zustand",card_title:"Titel",show:"Zeigen",today:"Heute",yesterday:"Gestern",attempts:"{count} Versuche",late:"{duration} zu spät",waiting_for:"wartet seit {duration}",outcome_unknown:"Ausgang unbekannt",next_try:"nächster Versuch {when}",next_try_now:"nächster Versuch jetzt",what:"Was",happened:"Geschehen",ended:"Beendet",ended_after:"{time} ({duration} danach)",next:"Nächster Versuch",expires:"Läuft ab",attempted:"Versuche",asked_by:"Ausgelöst durch",trace:"Ablauf anzeigen",id:"Zustellungs-ID",copy:"Kopieren",copied:"Die Zustellungs-ID ist kopiert.",not_copied:"Dieser Browser hat sie nicht kopiert. Markiere die ID und kopiere sie von Hand.",origin_action:"Aktion",origin_rule:"Regel",origin_mirror:"Spiegel",origin_test:"Test",outside_id:"ID im anderen System",error:"Grund",warning:"Warnung",links:"Öffnen",link_event:"Ereignis",link_snapshot:"Standbild",link_clip:"Clip",link_review:"Rückblick",link_qr_code:"QR-Code",retry:"Erneut versuchen",check:"Jetzt prüfen",send_again:"Noch einmal senden",arrived:"Angekommen",discard:"Verwerfen",cancel:"Abbrechen",confirm_retry:"Sie kann schon angekommen sein. Event Relay sucht zuerst danach. Wenn das andere System nicht gefragt werden kann, kommt sie womöglich doppelt an.",confirm_retry_yes:"Noch einmal senden",confirm_arrived:"Hast du sie im anderen System gesehen? Sie gilt dann als zugestellt.",confirm_arrived_yes:"Als zugestellt markieren",confirm_discard:"Sie wird nicht zugestellt.",confirm_discard_yes:"Verwerfen",done_retry:"Neuer Versuch läuft.",done_arrived:"Als zugestellt markiert.",done_discard:"Verworfen.",search:"Suchen",rule:"Regel oder Spiegel",all_rules:"Alle Regeln und Spiegel",span:"Zeitraum",any_time:"Jederzeit",span_hour:"Letzte Stunde",span_day:"Letzte 24 Stunden",span_week:"Letzte 7 Tage",counted:"{name} ({count})",shown:"Aktionen für das Gezeigte",shown_count:"Gezeigte Zustellungen: {count}",shown_partly:"Gezeigte Zustellungen: die neuesten {count}",retry_shown:"Erneut versuchen",discard_shown:"Verwerfen",export_csv:"Als CSV exportieren",export_json:"Als JSON exportieren",confirm_retry_shown:"Fehlgeschlagene oder abgelaufene Zustellungen, die erneut versucht werden: {count}. Solche mit unbekanntem Ausgang bleiben, wie sie sind.",confirm_discard_shown:"Wartende oder fehlgeschlagene Zustellungen, die verworfen werden: {count}. Solche mit unbekanntem Ausgang bleiben, wie sie sind. Die anderen werden nicht zugestellt.",nothing_to_retry:"Keine der gezeigten Zustellungen kann erneut versucht werden.",nothing_to_discard:"Keine der gezeigten Zustellungen kann verworfen werden.",progress:"{done} von {count}",all_done:"Erledigt: {count}.",partly_done:"Erledigt: {done} von {count}. {reason}",searching:"Sucht …",loading:"Lädt …",empty_title:"Noch nichts zugestellt",empty:"Füge eine Regel hinzu oder rufe in einer Automation eine Aktion von Event Relay auf. Was zugestellt wird, erscheint hier.",add_rule:"Regel hinzufügen",no_connection_title:"Noch kein System verbunden",no_connection:"Event Relay stellt Ereignisse an Systeme außerhalb deines Zuhauses zu. Verbinde zuerst eines.",add_connection:"System verbinden",no_match_title:"Keine passenden Zustellungen",no_match:"Keine Zustellung passt zur Suche und zu den Filtern oben.",show_all:"Alle zeigen",rows:"Höhe in Zeilen",compact:"Kompakte Zeilen",failed_to_load:"Die Zustellungen können nicht gezeigt werden: {reason}",again:"Erneut versuchen"};var Ee={title:"Deliveries",description:"Shows what Event Relay has delivered, what is waiting, and what failed",all_connections:"All connections",all_states:"All states",waiting:"Waiting",state_pending:"Pending",state_sending:"Sending",state_uncertain:"Uncertain",state_delivered:"Delivered",state_failed:"Failed",state_expired:"Expired",state_discarded:"Discarded",connection:"Connection",state:"State",card_title:"Title",show:"Show",today:"Today",yesterday:"Yesterday",attempts:"{count} attempts",late:"{duration} late",waiting_for:"waiting for {duration}",outcome_unknown:"outcome unknown",next_try:"next try {when}",next_try_now:"next try now",what:"What",happened:"Happened",ended:"Ended",ended_after:"{time} ({duration} after it happened)",next:"Next try",expires:"Expires",attempted:"Attempts",asked_by:"Requested by",trace:"Show trace",id:"Delivery ID",copy:"Copy",copied:"The delivery ID is copied.",not_copied:"This browser did not copy it. Select the ID and copy it by hand.",origin_action:"An action",origin_rule:"A rule",origin_mirror:"A mirror",origin_test:"A test",outside_id:"ID in the other system",error:"Reason",warning:"Warning",links:"Open",link_event:"Event",link_snapshot:"Snapshot",link_clip:"Clip",link_review:"Review",link_qr_code:"QR code",retry:"Retry",check:"Check now",send_again:"Send again",arrived:"It arrived",discard:"Discard",cancel:"Cancel",confirm_retry:"It may have arrived already. Event Relay looks for it first. If the other system cannot be asked, it may arrive twice.",confirm_retry_yes:"Send again",confirm_arrived:"Have you seen it in the other system? It is then marked as delivered.",confirm_arrived_yes:"Mark as delivered",confirm_discard:"It will not be delivered.",confirm_discard_yes:"Discard",done_retry:"Retrying.",done_arrived:"Marked as delivered.",done_discard:"Discarded.",search:"Search",rule:"Rule or mirror",all_rules:"All rules and mirrors",span:"Time",any_time:"Any time",span_hour:"Last hour",span_day:"Last 24 hours",span_week:"Last 7 days",counted:"{name} ({count})",shown:"Actions for what is shown",shown_count:"Deliveries shown: {count}",shown_partly:"Deliveries shown: the newest {count}",retry_shown:"Retry",discard_shown:"Discard",export_csv:"Export as CSV",export_json:"Export as JSON",confirm_retry_shown:"Failed or expired deliveries to retry: {count}. Those with an unknown outcome are left as they are.",confirm_discard_shown:"Waiting or failed deliveries to discard: {count}. Those with an unknown outcome are left as they are. The others will not be delivered.",nothing_to_retry:"None of the deliveries shown can be retried.",nothing_to_discard:"None of the deliveries shown can be discarded.",progress:"{done} of {count}",all_done:"Done: {count}.",partly_done:"Done: {done} of {count}. {reason}",searching:"Searching…",loading:"Loading…",empty_title:"Nothing delivered yet",empty:"Add a rule, or call an action of Event Relay from an automation. What is delivered appears here.",add_rule:"Add a rule",no_connection_title:"No system connected yet",no_connection:"Event Relay delivers events to systems outside your home. Connect one first.",add_connection:"Connect a system",no_match_title:"No matching deliveries",no_match:"No delivery matches the search and the filters above.",show_all:"Show all",rows:"Height in rows",compact:"Compact rows",failed_to_load:"The deliveries cannot be shown: {reason}",again:"Try again"};var vt={de:_t,en:Ee},ae=i=>i==="waiting"?i:`state_${i}`;function g(i,e,t={}){return(vt[i]??vt[i.split("-")[0]??"en"]??Ee)[e].replace(/\{(\w+)\}/g,(s,r)=>t[r]??s)}var De=i=>`⁨${i}⁩`;function le(i,e,t,n){return i.localize(`component.event_relay.${e}`,n)||t}var q=i=>{let e=i.replaceAll("_"," ");return e.charAt(0).toUpperCase()+e.slice(1)};var cn=[["day",86400],["hour",3600],["minute",60],["second",1]];function hn({locale:i,config:e}){let t={};return i.time_zone==="server"&&(t.timeZone=e.time_zone),i.time_format==="12"&&(t.hour12=!0),i.time_format==="24"&&(t.hourCycle="h23"),t}var bt=new Map;function He(i,e,t){let n={...hn(i),...t},s=i.locale.time_format==="system"?void 0:i.locale.language,r=JSON.stringify([s,n]),o=bt.get(r);return o===void 0&&(o=new Intl.DateTimeFormat(s,n),bt.set(r,o)),o.format(e)}var $t=(i,e)=>He(i,e,{hour:"numeric",minute:"2-digit"}),D=(i,e)=>He(i,e,{weekday:"long",day:"numeric",month:"long",year:"numeric"}),j=(i,e)=>He(i,e,{dateStyle:"medium",timeStyle:"medium"});function wt(i){let e=Math.abs(i);for(let[t,n]of cn)if(e>=n)return[Math.round(i/n),t];return[Math.round(i),"second"]}var _=(i,e)=>new Intl.NumberFormat(i.locale.language).format(e);function V(i,e){let[t,n]=wt(Math.max(0,e));return new Intl.NumberFormat(i.locale.language,{style:"unit",unit:n,unitDisplay:"short"}).format(t)}function xt(i,e){let[t,n]=wt(e);return new Intl.RelativeTimeFormat(i.locale.language,{style:"short"}).format(t,n)}var un=1e4,pn=1e3,mn=4,fn={retry:ie,discard:se},ce=class{open=!1;#t;#e=!1;#n;#s;#i;constructor(e,t,n){this.#n=e,this.#s=t,this.#i=n,e.addController(this)}hostDisconnected(){this.close()}close(){this.open=!1,this.#t=void 0}toggle(){let{open:e}=this;this.close(),this.open=!e,this.#n.requestUpdate()}render(e){if(!this.open)return u;let t=de(e);if(this.#t!==void 0)return this.#o(e);let n=_(e,this.#s.rows.length),s=e.user?.is_admin?["retry","discard"]:[],r=(o,a)=>h`<button class="action" ?disabled=${this.#e} @click=${a}>${t(o)}</button>`;return h`<div class="confirm" role="group" aria-label=${t("shown")}>
      <p>${t(this.#s.hasMore?"shown_partly":"shown_count",{count:n})}</p>
      ${s.map(o=>r(`${o}_shown`,()=>this.#d(e,o)))}
      ${["csv","json"].map(o=>r(`export_${o}`,()=>this.#c(o)))}
    </div>`}#o(e){let t=de(e),{deed:n,rows:s}=this.#t;return h`<div class="confirm" role="group" aria-label=${t(`${n}_shown`)}>
      <p>${t(`confirm_${n}_shown`,{count:_(e,s.length)})}</p>
      <button
        class="action"
        ?disabled=${this.#e}
        @click=${()=>{this.#t=void 0,this.#n.requestUpdate()}}
      >
        ${t("cancel")}
      </button>
      <button
        class="action strong"
        ?disabled=${this.#e}
        @click=${()=>this.#r(e,n,s)}
      >
        ${t(`${n}_shown`)}
      </button>
    </div>`}async#d(e,t){let s=(await this.#a(this.#s.upTo(pn))).filter(r=>fn[t](r)&&!r.unclear);s.length===0?this.#i(de(e)(`nothing_to_${t}`)):this.#t={deed:t,rows:s},this.#n.requestUpdate()}async#c(e){let t=await this.#a(this.#s.upTo(un));gt(t,this.#s.connections,e)}async#r(e,t,n){let s=de(e),r=_(e,n.length),o=[...n],a=0,l="",d=async()=>{for(let m=o.shift();m!==void 0;m=o.shift())try{await e.callService("event_relay",`${t}_delivery`,{delivery_id:m.delivery_id,...t==="retry"?{wait:0}:{}}),a+=1,this.#i(s("progress",{done:_(e,a),count:r}))}catch(c){l=F(c)}};await this.#a(Promise.all(Array.from({length:mn},d))),this.close(),this.#i(l===""?s("all_done",{count:r}):s("partly_done",{done:_(e,a),count:r,reason:l}))}async#a(e){this.#e=!0,this.#n.requestUpdate();try{return await e}finally{this.#e=!1,this.#n.requestUpdate()}}},de=i=>(e,t)=>g(i.locale.language,e,t);async function At(i){try{return await navigator.clipboard.writeText(i),!0}catch{}let e=document.createElement("textarea");e.value=i,e.style.position="fixed",e.style.opacity="0",document.body.append(e),e.select();let t=document.execCommand("copy");return e.remove(),t}var kt=60,yn=(i,e)=>g(i.locale.language,`state_${e.state}`),he=(i,e)=>le(i,`services.${e.operation}.name`,q(e.operation)),ue=(i,e)=>((e===null?Date.now():Date.parse(e))-Date.parse(i))/1e3;function St({hass:i,row:e,open:t,tabbed:n,connection:s,toggle:r}){let o=new Date(e.occurred_at),a=[yn(i,e),..._n(i,e),...e.summary?[he(i,e)]:[],...s===void 0?[]:[s]],l=D(i,o)===D(i,new Date(e.accepted_at));return h`<button
    class="row"
    data-id=${e.delivery_id}
    tabindex=${n?0:-1}
    aria-expanded=${t?"true":"false"}
    @click=${r}
  >
    <ha-icon .icon=${dt[e.state]} aria-hidden="true"></ha-icon>
    <span class="what">
      <span class="summary" dir="auto">${e.summary||he(i,e)}</span
      ><span class="unseen">, </span
      ><span class="notes"
        >${a.map((d,m)=>h`${m?gn:u}<bdi class=${m?"":"state"}>${d}</bdi>`)}</span
      >
    </span>
    <span class="unseen">, </span>
    <time datetime=${e.occurred_at} title=${j(i,o)}
      >${l?$t(i,o):j(i,o)}</time
    >
  </button>`}var gn=h`<span aria-hidden="true"> · </span><span class="unseen">, </span>`;function _n(i,e){let t=(r,o)=>g(i.locale.language,r,o),n=[];e.unclear&&e.state==="failed"&&n.push(t("outcome_unknown")),e.state==="failed"&&e.error?.reason&&n.push(e.error.reason);let s=ue(e.occurred_at,e.settled_at);if(Re.includes(e.state)){if(s>=kt&&n.push(t("waiting_for",{duration:V(i,s)})),e.attempts>0&&e.due_at!==null){let r=-ue(e.due_at,null);n.push(r<1?t("next_try_now"):t("next_try",{when:xt(i,r)}))}}else e.state==="delivered"&&s>=kt&&n.push(t("late",{duration:V(i,s)}));return e.attempts>1&&n.push(t("attempts",{count:_(i,e.attempts)})),n}function Ct(i){let e=B(i.hass);return h`<div class="details">
    <dl>
      ${vn(i).filter(([,t])=>t).map(([t,n])=>h`<div>
              <dt>${e(t)}</dt>
              <dd>${n}</dd>
            </div>`)}
    </dl>
    ${i.hass.user?.is_admin?An(i):u}
  </div>`}var B=i=>(e,t)=>g(i.locale.language,e,t);function vn(i){let{hass:e,row:t,copy:n}=i,s=B(e),r=d=>d===null?void 0:j(e,new Date(d)),o=r(t.settled_at),a=ue(t.occurred_at,t.settled_at),l=t.settled_at===null;return[["what",h`<bdi>${he(e,t)}</bdi>`],["error",$n(i)],["happened",r(t.occurred_at)],["ended",o&&a>=1?s("ended_after",{time:o,duration:V(e,a)}):o],["attempted",t.attempts?_(e,t.attempts):void 0],["next",l?r(t.due_at):void 0],["expires",l?r(t.expires_at):void 0],["asked_by",bn(i)],["id",h`<code>${t.delivery_id}</code>
        <button class="link" @click=${n}>
          ${s("copy")}<span class="unseen"> ${s("id")}</span>
        </button>`],["outside_id",t.outside_id?h`<code>${t.outside_id}</code>`:void 0],...(t.warnings??[]).map(d=>["warning",h`<bdi>${d}</bdi>`]),["links",wn(e,t)]]}function bn({hass:i,row:e,more:t,asker:n}){let s=B(i),r=s(`origin_${e.origin}`),o=n?.name??t?.origin_title;if(!o)return h`${r}`;let a=h`<bdi>${o}</bdi>`;return h`${r}:
  ${n?.href?h`<a href=${n.href}>${a}</a>`:a}
  ${n?.trace?h` <a href=${n.trace}>${s("trace")}</a>`:u}`}function $n({hass:i,row:e,connection:t}){if(e.error===null||e.state==="delivered")return;let{code:n,reason:s}=e.error,r={connection:De(t),reason:De(s||q(n))},o=le(i,`exceptions.${n}.message`,r.reason,r);return h`<bdi>${o}</bdi>`}function wn(i,e){let t=Object.entries(e.links??{}).filter(([,n])=>/^https?:\/\//i.test(n));if(t.length!==0)return h`${t.map(([n,s])=>h`<a href=${s} target="_blank" rel="noopener noreferrer">${xn(i,n)}</a> `)}`}function xn(i,e){let n=["event","snapshot","clip","review","qr_code"].find(s=>s===e);return n?B(i)(`link_${n}`):q(e)}function An(i){let{hass:e,row:t,asking:n,busy:s,ask:r,act:o}=i,a=B(e);if(n!==void 0)return h`<div class="confirm" role="group" aria-label=${a(`confirm_${n}_yes`)}>
      <p>${a(`confirm_${n}`)}</p>
      <button class="action" ?disabled=${s} @click=${()=>r(void 0)}>
        ${a("cancel")}
      </button>
      <button class="action strong" ?disabled=${s} @click=${()=>o(n)}>
        ${a(`confirm_${n}_yes`)}
      </button>
    </div>`;let l=t.unclear&&t.state!=="uncertain",d=()=>l?r("retry"):o("retry"),m=t.state==="uncertain"?"check":l?"send_again":"retry";return h`<div class="actions">
    ${ie(t)?h`<button class="action" ?disabled=${s} @click=${d}>${a(m)}</button>`:u}
    ${ct(t)?h`<button class="action" ?disabled=${s} @click=${()=>r("arrived")}>
          ${a("arrived")}
        </button>`:u}
    ${se(t)?h`<button class="action" ?disabled=${s} @click=${()=>r("discard")}>
          ${a("discard")}
        </button>`:u}
  </div>`}var kn={title:"card_title",connection:"connection",state:"show",rows:"rows",compact:"compact"},Tt=i=>g(document.documentElement.lang||"en",i),Rt=()=>({schema:[{name:"title",selector:{text:{}}},{name:"connection",selector:{config_entry:{integration:"event_relay"}}},{name:"state",selector:{select:{mode:"dropdown",options:k.map(i=>({value:i,label:Tt(ae(i))}))}}},{name:"rows",selector:{number:{min:3,max:100,mode:"box"}}},{name:"compact",selector:{boolean:{}}}],computeLabel:({name:i})=>{let e=kn[i];return e===void 0?i:Tt(e)}});var Et=ve`
  :host {
    display: block;
    height: 100%;
  }
  ha-card {
    display: flex;
    flex-direction: column;
    height: 100%;
    container-type: inline-size;
    max-height: var(--event-relay-card-max-height, 80vh);
    overflow: hidden;
    color: var(--primary-text-color);
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    align-items: center;
    padding: 16px 16px 8px;
  }
  h2 {
    flex: 1 1 auto;
    margin: 0;
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-normal, 400);
    line-height: 1.2;
  }
  .filters {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    min-width: 0;
  }
  select,
  input,
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }
  input {
    cursor: text;
  }
  select,
  input {
    box-sizing: border-box;
    min-width: 0;
    min-height: 36px;
    max-width: 100%;
    padding-block: 4px;
    padding-inline: 8px;
    border: 1px solid var(--divider-color);
    border-radius: 8px;
    background: var(--ha-card-background, var(--card-background-color));
    text-overflow: ellipsis;
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: -2px;
  }
  input {
    flex: 1 1 10em;
  }
  select {
    flex: 0 1 auto;
  }
  .icon {
    flex: none;
    width: 36px;
    height: 36px;
    margin-inline-start: auto;
    padding: 6px;
    border: 0;
    border-radius: 50%;
    background: none;
    color: var(--secondary-text-color);
  }
  ha-card > .confirm {
    margin: 0;
    padding: 8px 16px;
    align-items: center;
  }
  /* Only read out. */
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: pre;
  }
  .link {
    min-height: 24px;
    margin-inline-start: 8px;
    padding: 0 4px;
    border: 0;
    background: none;
    text-decoration: underline;
    text-decoration-color: var(--primary-color);
    text-decoration-thickness: 2px;
  }
  .said {
    padding-inline: 16px;
    color: var(--secondary-text-color);
  }
  .said:not(:empty) {
    padding-block: 4px;
  }
  .body {
    flex: 1 1 auto;
    min-height: 0;
    overflow-y: auto;
    padding-block-end: 8px;
  }
  ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    --state-color: var(--secondary-text-color);
  }
  li.delivered {
    --state-color: var(--success-color);
  }
  li.failed {
    --state-color: var(--error-color);
  }
  li.expired,
  li.uncertain {
    --state-color: var(--warning-color);
  }
  li.pending,
  li.sending {
    --state-color: var(--info-color);
  }
  h3 {
    margin: 0;
    padding: 12px 16px 4px;
    font-size: var(--ha-font-size-s, 12px);
    font-weight: var(--ha-font-weight-medium, 500);
    color: var(--secondary-text-color);
  }
  .row {
    display: flex;
    gap: 12px;
    align-items: stretch;
    box-sizing: border-box;
    width: 100%;
    min-height: 56px;
    padding: 8px 16px;
    border: 0;
    background: none;
    text-align: start;
  }
  @media (hover: hover) {
    .row:hover {
      background: var(--secondary-background-color);
    }
  }
  /* The line of time, from one to the next. */
  .row {
    position: relative;
  }
  .row::before {
    content: "";
    position: absolute;
    inset-block: 0;
    inset-inline-start: 27px;
    border-inline-start: 2px solid var(--divider-color);
  }
  h3 + .row::before {
    inset-block-start: 50%;
  }
  li:has(+ li h3) .row::before,
  li:last-child .row::before {
    inset-block-end: 50%;
  }
  li:has(h3):has(+ li h3) .row::before,
  li:has(h3):last-child .row::before {
    display: none;
  }
  .compact .row {
    min-height: 40px;
    padding-block: 4px;
  }
  .compact .what {
    display: flex;
    gap: 8px;
    align-items: baseline;
  }
  .compact .summary {
    flex: 0 1 auto;
  }
  .compact .notes {
    flex: 1 1 0;
    -webkit-line-clamp: 1;
  }
  .details {
    position: relative;
  }
  .details::before {
    content: "";
    position: absolute;
    inset-block: 0;
    inset-inline-start: 27px;
    border-inline-start: 2px solid var(--divider-color);
  }
  li:has(+ li h3) .details::before,
  li:last-child .details::before {
    display: none;
  }
  .row ha-icon {
    position: relative;
    flex: none;
    align-self: center;
    border-radius: 50%;
    background: var(--ha-card-background, var(--card-background-color));
    color: var(--state-color);
  }
  .what {
    flex: 1 1 auto;
    align-self: center;
    min-width: 0;
  }
  .summary {
    display: block;
    overflow: hidden;
    text-align: match-parent;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  [aria-expanded="true"] .summary {
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .notes,
  time,
  dt,
  .nothing {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .notes {
    display: -webkit-box;
    overflow: hidden;
    line-height: 1.4;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .failed .state,
  .expired .state,
  .uncertain .state {
    font-weight: var(--ha-font-weight-medium, 500);
    color: var(--primary-text-color);
  }
  time {
    flex: none;
    padding-block-start: 2px;
    font-variant-numeric: tabular-nums;
  }
  .details {
    padding-block: 0 12px;
    padding-inline: 52px 16px;
  }
  dl {
    display: grid;
    gap: 4px;
    margin: 0;
  }
  dl > div {
    display: grid;
    grid-template-columns: minmax(80px, 8em) 1fr;
    gap: 4px 12px;
    align-items: baseline;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  code {
    font-family: var(--ha-font-family-code, monospace);
  }
  /* The colours of themes tell things apart; they have not the contrast for words. */
  a {
    color: var(--primary-text-color);
    text-decoration-color: var(--primary-color);
    text-decoration-thickness: 2px;
  }
  dd a {
    display: inline-block;
    padding-block: 4px;
    margin-inline-end: 12px;
  }
  .actions,
  .confirm {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-block-start: 12px;
  }
  .actions:not(:has(button)) {
    display: none;
  }
  .confirm p {
    flex-basis: 100%;
    margin: 0;
  }
  .action {
    display: inline-block;
    min-height: 36px;
    padding: 6px 16px;
    border: 1px solid var(--primary-color);
    border-radius: 18px;
    background: none;
    box-sizing: border-box;
    text-decoration: none;
    color: var(--primary-text-color);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .action.strong {
    border: 2px solid var(--error-color);
  }
  .action:disabled {
    border-color: var(--divider-color);
    color: var(--disabled-text-color);
    cursor: default;
  }
  .empty,
  .nothing,
  .failure {
    padding: 24px;
    text-align: center;
  }
  .failure {
    padding: 8px 12px;
    border-inline-start: 4px solid var(--error-color);
    text-align: start;
  }
  .empty ha-icon {
    --mdc-icon-size: 48px;
    display: block;
    margin-block-end: 12px;
    color: var(--secondary-text-color);
  }
  .empty p {
    max-width: 40ch;
    margin: 8px auto 16px;
    color: var(--secondary-text-color);
  }
  /* By the card's own width: a phone's, or a narrow column's. */
  @container (max-width: 400px) {
    .filters {
      flex: 1 1 100%;
    }
    .filters select {
      flex: 1 1 40%;
    }
    .details {
      padding-inline-start: 52px;
    }
    dl > div {
      grid-template-columns: 1fr;
      gap: 0;
    }
  }
`;function Ht(i){let{hass:e,filter:t,connections:n,fixed:s,choose:r,search:o}=i,a=d=>g(e.locale.language,d),l=Sn(i);return h`
    <input
      type="search"
      maxlength="200"
      dir="auto"
      aria-label=${a("search")}
      placeholder=${a("search")}
      .value=${t.words??""}
      @input=${d=>o(d.target.value)}
    />
    ${s||n.length<2?u:pe(a("connection"),a("all_connections"),n.map(d=>({value:d.config_entry_id,label:Dt(i,d.title,d.config_entry_id,t.choice)})),t.connection,d=>r({connection:d,rule:void 0}))}
    ${pe(a("state"),a("all_states"),k.map(d=>({value:d,label:Dt(i,a(ae(d)),t.connection,d)})),t.choice,d=>r({choice:k.find(m=>m===d)}))}
    ${l.length===0?u:pe(a("rule"),a("all_rules"),l,t.rule,d=>r({rule:d}))}
    ${pe(a("span"),a("any_time"),Object.keys(re).map(d=>({value:d,label:a(`span_${d}`)})),t.span,d=>r({span:d!==void 0&&ht(d)?d:void 0}))}
  `}function pe(i,e,t,n,s){return h`<select aria-label=${i} .value=${n??""} @change=${o=>s(o.target.value||void 0)}>
    <option value="">${e}</option>
    ${t.map(({value:o,label:a})=>h`<option value=${o} dir="auto" ?selected=${o===n}>${a}</option>`)}
  </select>`}function Sn({connections:i,filter:e}){let t=i.filter(n=>e.connection===void 0||n.config_entry_id===e.connection);return t.flatMap(n=>n.subentries.map(({subentry_id:s,title:r})=>({value:s,label:t.length>1?`${r} · ${n.title}`:r})))}function Dt({hass:i,counts:e},t,n,s){if(e===void 0)return t;let r=z(s),o=r.length===0?lt:r,[a,l]=[0,""];for(let[m,c]of Object.entries(e.counts))if(!(n!==void 0&&m!==n))for(let p of o)a+=c[p]??0,(c[p]??0)>=e.most&&(l="+");let d=_(i,a)+l;return g(i.locale.language,"counted",{name:t,count:d})}var me=class{usual=60;#t=[];#e=[];#n=new Float64Array(1);#s={first:0,end:0,above:0,below:0};#i;#o;constructor(e){this.#o=e,e.addController(this)}view(e){return this.#c(e),this.#s=this.#a(),this.#s}scrolled=()=>{let{first:e,end:t}=this.#a();(e!==this.#s.first||t!==this.#s.end)&&this.#o.requestUpdate()};get nearEnd(){return this.#s.end+8>=this.#t.length}reveal(e){let t=this.#d,[n,s]=[this.#n[e],this.#n[e+1]];t===null||n===void 0||s===void 0||(n<t.scrollTop?t.scrollTop=n:s>t.scrollTop+t.clientHeight&&(t.scrollTop=s-t.clientHeight))}hostDisconnected(){this.#i?.disconnect(),this.#i=void 0}hostUpdated(){let e=this.#d;if(e===null)return;this.#i===void 0&&(this.#i=new ResizeObserver(this.scrolled),this.#i.observe(e));let t=1/0;for(let o of e.querySelectorAll("[data-index]")){let a=Number(o.dataset.index),l=o.offsetHeight;l===0||a>=this.#t.length||this.#e[a]===l||(this.#e[a]=l,t=Math.min(t,a))}if(t===1/0)return;this.#r(t);let{above:n,below:s}=this.#s,r=this.#a();(r.above!==n||r.below!==s)&&this.#o.requestUpdate()}get#d(){return this.#o.renderRoot.querySelector(".body")}#c(e){if(e===this.#t)return;let t=this.#t,n=Math.min(t.length,e.length),s=n===t.length&&t[0]?.delivery_id===e[0]?.delivery_id&&t[n-1]?.delivery_id===e[n-1]?.delivery_id;if(s)for(let r=n;r<e.length;r++)this.#e.push(this.usual);else{let r=new Map(t.map((o,a)=>[o.delivery_id,this.#e[a]]));this.#e=e.map(o=>r.get(o.delivery_id)??this.usual)}this.#t=e,this.#r(s?n:0)}#r(e){let{length:t}=this.#e;if(this.#n.length<=t){let n=new Float64Array(2*t+1);n.set(this.#n),this.#n=n}for(let n=e;n<t;n++)this.#n[n+1]=this.#n[n]+this.#e[n]}#a(){let{length:e}=this.#t,t=this.#d,n=t?.scrollTop??0,s=Math.max(0,this.#h(n)-8),r=Math.min(e,this.#h(n+(t?.clientHeight||600))+1+8),o=this.#n[e];return{first:s,end:r,above:this.#n[s],below:o-this.#n[r]}}#h(e){let[t,n]=[0,Math.max(0,this.#t.length-1)];for(;t<n;){let s=t+n+1>>1;this.#n[s]<=e?t=s:n=s-1}return t}};var Cn=15e3,Tn=250,Rn=60,En=40,Dn="/config/integrations/dashboard/add?domain=event_relay",Hn="/config/integrations/integration/event_relay",On="event_relay_delivery",fe=class extends x{static styles=Et;static properties={hass:{attribute:!1}};#t;#e=new oe(this);#n=new me(this);#s=new ce(this,this.#e,e=>{this.#a=e,this.requestUpdate()});#i;#o;#d;#c;#r=!1;#a="";#h;#y;#m;#p=-1;#g;#u=null;#w=null;static getConfigForm=Rt;static getStubConfig(){return{}}setConfig(e){if(e.state!==void 0&&!k.includes(e.state))throw new Error(`state must be one of ${k.join(", ")}`);this.#t=e,this.#n.usual=e.compact?En:Rn,this.#e.show(this.#x),this.#u=null,this.#f(),this.requestUpdate()}getCardSize(){return 8}getGridOptions(){return{columns:12,min_columns:4,rows:8,min_rows:4}}connectedCallback(){super.connectedCallback(),this.#y=window.setInterval(()=>this.requestUpdate(),Cn),window.addEventListener("location-changed",this.#f),window.addEventListener("popstate",this.#f),this.#f()}disconnectedCallback(){super.disconnectedCallback(),window.clearInterval(this.#y),window.clearTimeout(this.#m),window.removeEventListener("location-changed",this.#f),window.removeEventListener("popstate",this.#f)}shouldUpdate(e){let t=e.get("hass");return e.size!==1||t===void 0||this.hass===void 0?!0:t.localize!==this.hass.localize||t.locale!==this.hass.locale||t.user!==this.hass.user||t.connection!==this.hass.connection}willUpdate(e){let t=this.shadowRoot?.activeElement?.closest("li[data-index]");if(this.#p=t?Number(t.dataset.index):-1,this.#g=t?.querySelector("button.row")?.dataset.id,!(!e.has("hass")||this.hass===void 0)&&(this.#e.hass=this.hass,e.get("hass")===void 0))for(let n of["services","exceptions","selector"])this.hass.loadBackendTranslation(n,"event_relay").catch(()=>{})}updated(){let{rows:e,hasMore:t,loading:n,error:s}=this.#e;if(t&&!n&&s===void 0&&this.#n.nearEnd&&this.#e.more(),this.#O(),this.#p<0||this.shadowRoot?.activeElement||e.some(o=>o.delivery_id===this.#g))return;let r=e[Math.min(this.#p,e.length-1)];r!==void 0&&this.#$(r.delivery_id,{preventScroll:!0})}render(){let{hass:e}=this;if(e===void 0||this.#t===void 0)return u;let{rows:t,compact:n}=this.#t,s=this.#t.title??this.#l("title"),r=t===void 0?"":`block-size: ${t*this.#n.usual}px`;return h`
      <ha-card class=${n?"compact":""}>
        <div class="head">
          ${s?h`<h2><bdi>${s}</bdi></h2>`:u}
          <div class="filters">${this.#C(e)}</div>
        </div>
        ${this.#s.render(e)}
        <div class="said" role="status">${this.#a}</div>
        ${this.#e.error===void 0?u:this.#D(this.#e.error)}
        <div class="body" style=${r} @scroll=${this.#n.scrolled}>
          ${this.#e.rows.length>0?this.#T(e):this.#E()}
        </div>
      </ha-card>
    `}#C(e){let{connections:t,counts:n,filter:s,rows:r}=this.#e;return h`${Ht({hass:e,filter:s,connections:t,counts:n,fixed:this.#t?.connection!==void 0,choose:o=>this.#_({...s,...o}),search:o=>{window.clearTimeout(this.#m),this.#m=window.setTimeout(()=>{this.#_({...this.#e.filter,words:o.trim()||void 0})},Tn)}})}${r.length===0?u:h`<button
          class="icon"
          aria-label=${this.#l("shown")}
          title=${this.#l("shown")}
          aria-expanded=${this.#s.open?"true":"false"}
          @click=${()=>this.#s.toggle()}
        >
          <ha-icon .icon=${"mdi:dots-vertical"} aria-hidden="true"></ha-icon>
        </button>`}`}get#x(){return{connection:this.#t?.connection,choice:this.#t?.state}}#_(e){this.#b(),this.#s.close(),this.#a="",this.#e.show(e)}#T(e){let{rows:t,hasMore:n}=this.#e,{first:s,end:r,above:o,below:a}=this.#n.view(t),l=t.slice(s,r),d=l.some(p=>p.delivery_id===this.#h)?this.#h:l[0]?.delivery_id,m=t[s-1],c=m===void 0?"":this.#k(e,m);return h`
      <div class="space" style="block-size: ${o}px"></div>
      <ol role="list" @keydown=${this.#L} @focusin=${this.#N}>
        ${ot(l,p=>p.delivery_id,(p,f)=>{let y=this.#k(e,p),v=y===c?u:h`<h3>${y}</h3>`;return c=y,h`<li
              class=${p.state}
              data-index=${s+f}
              aria-posinset=${s+f+1}
              aria-setsize=${n?-1:t.length}
            >
              ${v}${this.#R(e,p,p.delivery_id===d)}
            </li>`})}
      </ol>
      <div class="space" style="block-size: ${a}px"></div>
      ${n?h`<p class="nothing">${this.#l(this.#A)}</p>`:u}
    `}get#A(){let{words:e,rule:t,span:n}=this.#e.filter;return e||t||n?"searching":"loading"}#R(e,t,n){let s=t.delivery_id===this.#i,{connections:r,filter:o}=this.#e,a=r.find(d=>d.config_entry_id===t.config_entry_id)?.title??"",l=r.length>1&&o.connection===void 0;return h`
      ${St({hass:e,row:t,open:s,tabbed:n,connection:l?a:void 0,toggle:()=>this.#S(t)})}
      ${s?Ct({hass:e,row:t,connection:a,more:this.#o,asker:this.#d,asking:this.#c,busy:this.#r,ask:d=>this.#U(d),act:d=>{this.#M(t,d)},copy:()=>{this.#P(t.delivery_id)}}):u}
    `}#k(e,t){let n=new Date,s=D(e,new Date(t.accepted_at));return s===D(e,n)?this.#l("today"):(n.setDate(n.getDate()-1),s===D(e,n)?this.#l("yesterday"):s)}#E(){let{ready:e,hasMore:t,error:n,connections:s,filter:r}=this.#e;if(!e||t){let a=this.#l(this.#A);return h`<p class="nothing">${n===void 0?a:u}</p>`}let o=(a,l)=>this.hass?.user?.is_admin?h`<a class="action" href=${a}>${this.#l(l)}</a>`:u;return s.length===0?this.#v("mdi:lan-disconnect","no_connection_title","no_connection",()=>o(Dn,"add_connection")):ut(r,this.#x)?r.choice===void 0?this.#v("mdi:home-export-outline","empty_title","empty",()=>o(Hn,"add_rule")):this.#v("mdi:check-circle-outline","no_match_title","no_match",()=>u):this.#v("mdi:filter-off-outline","no_match_title","no_match",()=>h`<button class="action" @click=${()=>this.#_(this.#x)}>${this.#l("show_all")}</button>`)}#v(e,t,n,s){return h`<div class="empty">
      <ha-icon .icon=${e} aria-hidden="true"></ha-icon>
      <strong>${this.#l(t)}</strong>
      <p>${this.#l(n)}</p>
      ${s()}
    </div>`}#D(e){return h`<div class="failure" role="alert">
      <p>${this.#l("failed_to_load",{reason:e})}</p>
      <button class="action" @click=${()=>this.#e.reload()}>
        ${this.#l("again")}
      </button>
    </div>`}#S(e){if(this.#i===e.delivery_id){this.#b();return}this.#b(),this.#a="",this.#i=e.delivery_id,this.#H(e)}#b(){this.#i=this.#o=this.#d=this.#c=void 0,this.requestUpdate()}async#H(e){let t="event_relay/deliveries/get",{hass:n}=this;try{if(n?.user?.is_admin){let o=await n.callWS({type:t,delivery_id:e.delivery_id});this.#i===e.delivery_id&&(this.#o=o)}}catch{}this.requestUpdate(),await this.updateComplete,this.renderRoot.querySelector(".details")?.scrollIntoView({block:"nearest"});let s=this.#o;if(n===void 0||s===void 0||this.#i!==e.delivery_id)return;let r=await at(n,e,s);this.#o===s&&(this.#d=r),this.requestUpdate()}#f=()=>{let e=new URLSearchParams(window.location.search).get(On);e===this.#u||this.#t===void 0||(this.#u=e,this.#w=null,e!==null&&this.#_({connection:this.#t.connection,words:e}))};#O(){let{filter:e,rows:t}=this.#e,[n]=t;n===void 0||n.delivery_id!==this.#u||this.#i!==void 0||e.words===this.#u&&this.#w!==this.#u&&(this.#w=this.#u,this.#S(n))}async#P(e){this.#a=this.#l(await At(e)?"copied":"not_copied"),this.requestUpdate()}#U(e){this.#c=e,this.requestUpdate(),this.updateComplete.then(()=>{this.renderRoot.querySelector(".confirm .action, .actions .action")?.focus()})}async#M(e,t){let n={delivery_id:e.delivery_id};this.#r=!0,this.requestUpdate();try{if(t==="retry"){let s=e.unclear?{confirm:!0}:{};await this.hass?.callService("event_relay","retry_delivery",{...n,...s,wait:0})}else{let s=t==="arrived"?"mark_delivered":"discard_delivery";await this.hass?.callService("event_relay",s,n)}this.#a=this.#l(`done_${t}`)}catch(s){this.#a=F(s)}this.#r=!1,this.#c=void 0,this.requestUpdate(),await this.updateComplete,this.#$(e.delivery_id)}#$(e,t){for(let n of this.renderRoot.querySelectorAll("button.row"))n.dataset.id===e&&n.focus(t)}#N(e){let{id:t}=e.target.dataset;t!==void 0&&t!==this.#h&&(this.#h=t,this.requestUpdate())}#L(e){if(e.key==="Escape"&&this.#i!==void 0){let a=this.#i;this.#b(),this.#$(a),e.stopPropagation();return}let{rows:t}=this.#e,n=Number(e.target.closest("li")?.dataset.index);if(!e.target.matches("button.row"))return;let r={ArrowDown:n+1,ArrowUp:n-1,Home:0,End:t.length-1}[e.key]??-1,o=t[r];o!==void 0&&(e.preventDefault(),this.#n.reveal(r),this.#h=o.delivery_id,this.requestUpdate(),this.updateComplete.then(()=>this.#$(o.delivery_id)))}#l(e,t){return g(this.hass?.locale.language??"en",e,t)}};var ye="event-relay-card";customElements.get(ye)||(customElements.define(ye,fe),window.customCards??=[],window.customCards.push({type:ye,name:"Event Relay",description:g(navigator.language,"description"),preview:!0,getEntitySuggestion:(i,e)=>{let{platform:t,device_id:n}=i.entities[e]??{};if(t!=="event_relay")return null;let s=n&&i.devices[n]?.primary_config_entry;return{config:{type:`custom:${ye}`,...s?{connection:s}:{}}}}}));
/*! Bundled license information:

@lit/reactive-element/css-tag.js:
  (**
   * @license
   * Copyright 2019 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

@lit/reactive-element/reactive-element.js:
lit-html/lit-html.js:
lit-element/lit-element.js:
lit-html/directive.js:
lit-html/directives/repeat.js:
  (**
   * @license
   * Copyright 2017 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

lit-html/is-server.js:
  (**
   * @license
   * Copyright 2022 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

lit-html/directive-helpers.js:
  (**
   * @license
   * Copyright 2020 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)
*/
