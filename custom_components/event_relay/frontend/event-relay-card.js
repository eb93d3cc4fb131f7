/* sources 9cf25f9c40b94a251ab3a3ef107b5a23678f9b189634eccdfc7234cf94039cea code b876147c2150b740e586d36da82045c0b26b2427c54c323a74afa57c064a78a9 */
var j=globalThis,V=j.ShadowRoot&&(j.ShadyCSS===void 0||j.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,ae=Symbol(),we=new WeakMap,M=class{constructor(e,t,i){if(this._$cssResult$=!0,i!==ae)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(V&&e===void 0){let i=t!==void 0&&t.length===1;i&&(e=we.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),i&&we.set(t,e))}return e}toString(){return this.cssText}},Se=n=>new M(typeof n=="string"?n:n+"",void 0,ae),le=(n,...e)=>{let t=n.length===1?n[0]:e.reduce((i,s,o)=>i+(r=>{if(r._$cssResult$===!0)return r.cssText;if(typeof r=="number")return r;throw Error("Value passed to 'css' function must be a 'css' function result: "+r+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(s)+n[o+1],n[0]);return new M(t,n,ae)},Ce=(n,e)=>{if(V)n.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let i=document.createElement("style"),s=j.litNonce;s!==void 0&&i.setAttribute("nonce",s),i.textContent=t.cssText,n.appendChild(i)}},de=V?n=>n:n=>n instanceof CSSStyleSheet?(e=>{let t="";for(let i of e.cssRules)t+=i.cssText;return Se(t)})(n):n;var{is:ht,defineProperty:pt,getOwnPropertyDescriptor:ut,getOwnPropertyNames:mt,getOwnPropertySymbols:ft,getPrototypeOf:yt}=Object,F=globalThis,Ee=F.trustedTypes,gt=Ee?Ee.emptyScript:"",vt=F.reactiveElementPolyfillSupport,O=(n,e)=>n,ce={toAttribute(n,e){switch(e){case Boolean:n=n?gt:null;break;case Object:case Array:n=n==null?n:JSON.stringify(n)}return n},fromAttribute(n,e){let t=n;switch(e){case Boolean:t=n!==null;break;case Number:t=n===null?null:Number(n);break;case Object:case Array:try{t=JSON.parse(n)}catch{t=null}}return t}},Te=(n,e)=>!ht(n,e),ke={attribute:!0,type:String,converter:ce,reflect:!1,useDefault:!1,hasChanged:Te};Symbol.metadata??=Symbol("metadata"),F.litPropertyMetadata??=new WeakMap;var _=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=ke){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let i=Symbol(),s=this.getPropertyDescriptor(e,i,t);s!==void 0&&pt(this.prototype,e,s)}}static getPropertyDescriptor(e,t,i){let{get:s,set:o}=ut(this.prototype,e)??{get(){return this[t]},set(r){this[t]=r}};return{get:s,set(r){let l=s?.call(this);o?.call(this,r),this.requestUpdate(e,l,i)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??ke}static _$Ei(){if(this.hasOwnProperty(O("elementProperties")))return;let e=yt(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(O("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(O("properties"))){let t=this.properties,i=[...mt(t),...ft(t)];for(let s of i)this.createProperty(s,t[s])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[i,s]of t)this.elementProperties.set(i,s)}this._$Eh=new Map;for(let[t,i]of this.elementProperties){let s=this._$Eu(t,i);s!==void 0&&this._$Eh.set(s,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let i=new Set(e.flat(1/0).reverse());for(let s of i)t.unshift(de(s))}else e!==void 0&&t.push(de(e));return t}static _$Eu(e,t){let i=t.attribute;return i===!1?void 0:typeof i=="string"?i:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let i of t.keys())this.hasOwnProperty(i)&&(e.set(i,this[i]),delete this[i]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Ce(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,i){this._$AK(e,i)}_$ET(e,t){let i=this.constructor.elementProperties.get(e),s=this.constructor._$Eu(e,i);if(s!==void 0&&i.reflect===!0){let o=(i.converter?.toAttribute!==void 0?i.converter:ce).toAttribute(t,i.type);this._$Em=e,o==null?this.removeAttribute(s):this.setAttribute(s,o),this._$Em=null}}_$AK(e,t){let i=this.constructor,s=i._$Eh.get(e);if(s!==void 0&&this._$Em!==s){let o=i.getPropertyOptions(s),r=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:ce;this._$Em=s;let l=r.fromAttribute(t,o.type);this[s]=l??this._$Ej?.get(s)??l,this._$Em=null}}requestUpdate(e,t,i,s=!1,o){if(e!==void 0){let r=this.constructor;if(s===!1&&(o=this[e]),i??=r.getPropertyOptions(e),!((i.hasChanged??Te)(o,t)||i.useDefault&&i.reflect&&o===this._$Ej?.get(e)&&!this.hasAttribute(r._$Eu(e,i))))return;this.C(e,t,i)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:i,reflect:s,wrapped:o},r){i&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,r??t??this[e]),o!==!0||r!==void 0)||(this._$AL.has(e)||(this.hasUpdated||i||(t=void 0),this._$AL.set(e,t)),s===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[s,o]of this._$Ep)this[s]=o;this._$Ep=void 0}let i=this.constructor.elementProperties;if(i.size>0)for(let[s,o]of i){let{wrapped:r}=o,l=this[s];r!==!0||this._$AL.has(s)||l===void 0||this.C(s,void 0,o,l)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(i=>i.hostUpdate?.()),this.update(t)):this._$EM()}catch(i){throw e=!1,this._$EM(),i}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};_.elementStyles=[],_.shadowRootOptions={mode:"open"},_[O("elementProperties")]=new Map,_[O("finalized")]=new Map,vt?.({ReactiveElement:_}),(F.reactiveElementVersions??=[]).push("2.1.2");var pe=globalThis,Re=n=>n,W=pe.trustedTypes,De=W?W.createPolicy("lit-html",{createHTML:n=>n}):void 0,ue="$lit$",$=`lit$${Math.random().toFixed(9).slice(2)}$`,me="?"+$,_t=`<${me}>`,E=document,L=()=>E.createComment(""),I=n=>n===null||typeof n!="object"&&typeof n!="function",fe=Array.isArray,Ne=n=>fe(n)||typeof n?.[Symbol.iterator]=="function",he=`[ 	
\f\r]`,N=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,He=/-->/g,Pe=/>/g,S=RegExp(`>|${he}(?:([^\\s"'>=/]+)(${he}*=${he}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Ue=/'/g,Me=/"/g,Le=/^(?:script|style|textarea|title)$/i,ye=n=>(e,...t)=>({_$litType$:n,strings:e,values:t}),p=ye(1),jt=ye(2),Vt=ye(3),b=Symbol.for("lit-noChange"),h=Symbol.for("lit-nothing"),Oe=new WeakMap,C=E.createTreeWalker(E,129);function Ie(n,e){if(!fe(n)||!n.hasOwnProperty("raw"))throw Error("invalid template strings array");return De!==void 0?De.createHTML(e):e}var ze=(n,e)=>{let t=n.length-1,i=[],s,o=e===2?"<svg>":e===3?"<math>":"",r=N;for(let l=0;l<t;l++){let a=n[l],c,f,d=-1,m=0;for(;m<a.length&&(r.lastIndex=m,f=r.exec(a),f!==null);)m=r.lastIndex,r===N?f[1]==="!--"?r=He:f[1]!==void 0?r=Pe:f[2]!==void 0?(Le.test(f[2])&&(s=RegExp("</"+f[2],"g")),r=S):f[3]!==void 0&&(r=S):r===S?f[0]===">"?(r=s??N,d=-1):f[1]===void 0?d=-2:(d=r.lastIndex-f[2].length,c=f[1],r=f[3]===void 0?S:f[3]==='"'?Me:Ue):r===Me||r===Ue?r=S:r===He||r===Pe?r=N:(r=S,s=void 0);let u=r===S&&n[l+1].startsWith("/>")?" ":"";o+=r===N?a+_t:d>=0?(i.push(c),a.slice(0,d)+ue+a.slice(d)+$+u):a+$+(d===-2?l:u)}return[Ie(n,o+(n[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),i]},z=class n{constructor({strings:e,_$litType$:t},i){let s;this.parts=[];let o=0,r=0,l=e.length-1,a=this.parts,[c,f]=ze(e,t);if(this.el=n.createElement(c,i),C.currentNode=this.el.content,t===2||t===3){let d=this.el.content.firstChild;d.replaceWith(...d.childNodes)}for(;(s=C.nextNode())!==null&&a.length<l;){if(s.nodeType===1){if(s.hasAttributes())for(let d of s.getAttributeNames())if(d.endsWith(ue)){let m=f[r++],u=s.getAttribute(d).split($),y=/([.?@])?(.*)/.exec(m);a.push({type:1,index:o,name:y[2],strings:u,ctor:y[1]==="."?K:y[1]==="?"?J:y[1]==="@"?Y:T}),s.removeAttribute(d)}else d.startsWith($)&&(a.push({type:6,index:o}),s.removeAttribute(d));if(Le.test(s.tagName)){let d=s.textContent.split($),m=d.length-1;if(m>0){s.textContent=W?W.emptyScript:"";for(let u=0;u<m;u++)s.append(d[u],L()),C.nextNode(),a.push({type:2,index:++o});s.append(d[m],L())}}}else if(s.nodeType===8)if(s.data===me)a.push({type:2,index:o});else{let d=-1;for(;(d=s.data.indexOf($,d+1))!==-1;)a.push({type:7,index:o}),d+=$.length-1}o++}}static createElement(e,t){let i=E.createElement("template");return i.innerHTML=e,i}};function k(n,e,t=n,i){if(e===b)return e;let s=i!==void 0?t._$Co?.[i]:t._$Cl,o=I(e)?void 0:e._$litDirective$;return s?.constructor!==o&&(s?._$AO?.(!1),o===void 0?s=void 0:(s=new o(n),s._$AT(n,t,i)),i!==void 0?(t._$Co??=[])[i]=s:t._$Cl=s),s!==void 0&&(e=k(n,s._$AS(n,e.values),s,i)),e}var G=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:i}=this._$AD,s=(e?.creationScope??E).importNode(t,!0);C.currentNode=s;let o=C.nextNode(),r=0,l=0,a=i[0];for(;a!==void 0;){if(r===a.index){let c;a.type===2?c=new H(o,o.nextSibling,this,e):a.type===1?c=new a.ctor(o,a.name,a.strings,this,e):a.type===6&&(c=new Q(o,this,e)),this._$AV.push(c),a=i[++l]}r!==a?.index&&(o=C.nextNode(),r++)}return C.currentNode=E,s}p(e){let t=0;for(let i of this._$AV)i!==void 0&&(i.strings!==void 0?(i._$AI(e,i,t),t+=i.strings.length-2):i._$AI(e[t])),t++}},H=class n{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,i,s){this.type=2,this._$AH=h,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=i,this.options=s,this._$Cv=s?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=k(this,e,t),I(e)?e===h||e==null||e===""?(this._$AH!==h&&this._$AR(),this._$AH=h):e!==this._$AH&&e!==b&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Ne(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==h&&I(this._$AH)?this._$AA.nextSibling.data=e:this.T(E.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:i}=e,s=typeof i=="number"?this._$AC(e):(i.el===void 0&&(i.el=z.createElement(Ie(i.h,i.h[0]),this.options)),i);if(this._$AH?._$AD===s)this._$AH.p(t);else{let o=new G(s,this),r=o.u(this.options);o.p(t),this.T(r),this._$AH=o}}_$AC(e){let t=Oe.get(e.strings);return t===void 0&&Oe.set(e.strings,t=new z(e)),t}k(e){fe(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,i,s=0;for(let o of e)s===t.length?t.push(i=new n(this.O(L()),this.O(L()),this,this.options)):i=t[s],i._$AI(o),s++;s<t.length&&(this._$AR(i&&i._$AB.nextSibling,s),t.length=s)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let i=Re(e).nextSibling;Re(e).remove(),e=i}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},T=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,i,s,o){this.type=1,this._$AH=h,this._$AN=void 0,this.element=e,this.name=t,this._$AM=s,this.options=o,i.length>2||i[0]!==""||i[1]!==""?(this._$AH=Array(i.length-1).fill(new String),this.strings=i):this._$AH=h}_$AI(e,t=this,i,s){let o=this.strings,r=!1;if(o===void 0)e=k(this,e,t,0),r=!I(e)||e!==this._$AH&&e!==b,r&&(this._$AH=e);else{let l=e,a,c;for(e=o[0],a=0;a<o.length-1;a++)c=k(this,l[i+a],t,a),c===b&&(c=this._$AH[a]),r||=!I(c)||c!==this._$AH[a],c===h?e=h:e!==h&&(e+=(c??"")+o[a+1]),this._$AH[a]=c}r&&!s&&this.j(e)}j(e){e===h?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},K=class extends T{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===h?void 0:e}},J=class extends T{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==h)}},Y=class extends T{constructor(e,t,i,s,o){super(e,t,i,s,o),this.type=5}_$AI(e,t=this){if((e=k(this,e,t,0)??h)===b)return;let i=this._$AH,s=e===h&&i!==h||e.capture!==i.capture||e.once!==i.once||e.passive!==i.passive,o=e!==h&&(i===h||s);s&&this.element.removeEventListener(this.name,this,i),o&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},Q=class{constructor(e,t,i){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=i}get _$AU(){return this._$AM._$AU}_$AI(e){k(this,e)}},qe={M:ue,P:$,A:me,C:1,L:ze,R:G,D:Ne,V:k,I:H,H:T,N:J,U:Y,B:K,F:Q},$t=pe.litHtmlPolyfillSupport;$t?.(z,H),(pe.litHtmlVersions??=[]).push("3.3.3");var Be=(n,e,t)=>{let i=t?.renderBefore??e,s=i._$litPart$;if(s===void 0){let o=t?.renderBefore??null;i._$litPart$=s=new H(e.insertBefore(L(),o),o,void 0,t??{})}return s._$AI(n),s};var ge=globalThis,x=class extends _{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Be(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return b}};x._$litElement$=!0,x.finalized=!0,ge.litElementHydrateSupport?.({LitElement:x});var bt=ge.litElementPolyfillSupport;bt?.({LitElement:x});(ge.litElementVersions??=[]).push("4.2.2");var je={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},Ve=n=>(...e)=>({_$litDirective$:n,values:e}),Z=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,i){this._$Ct=e,this._$AM=t,this._$Ci=i}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:xt}=qe,Fe=n=>n;var We=()=>document.createComment(""),P=(n,e,t)=>{let i=n._$AA.parentNode,s=e===void 0?n._$AB:e._$AA;if(t===void 0){let o=i.insertBefore(We(),s),r=i.insertBefore(We(),s);t=new xt(o,r,n,n.options)}else{let o=t._$AB.nextSibling,r=t._$AM,l=r!==n;if(l){let a;t._$AQ?.(n),t._$AM=n,t._$AP!==void 0&&(a=n._$AU)!==r._$AU&&t._$AP(a)}if(o!==s||l){let a=t._$AA;for(;a!==o;){let c=Fe(a).nextSibling;Fe(i).insertBefore(a,s),a=c}}}return t},A=(n,e,t=n)=>(n._$AI(e,t),n),At={},Ge=(n,e=At)=>n._$AH=e,Ke=n=>n._$AH,X=n=>{n._$AR(),n._$AA.remove()};var Je=(n,e,t)=>{let i=new Map;for(let s=e;s<=t;s++)i.set(n[s],s);return i},Ye=Ve(class extends Z{constructor(n){if(super(n),n.type!==je.CHILD)throw Error("repeat() can only be used in text expressions")}dt(n,e,t){let i;t===void 0?t=e:e!==void 0&&(i=e);let s=[],o=[],r=0;for(let l of n)s[r]=i?i(l,r):r,o[r]=t(l,r),r++;return{values:o,keys:s}}render(n,e,t){return this.dt(n,e,t).values}update(n,[e,t,i]){let s=Ke(n),{values:o,keys:r}=this.dt(e,t,i);if(!Array.isArray(s))return this.ut=r,o;let l=this.ut??=[],a=[],c,f,d=0,m=s.length-1,u=0,y=o.length-1;for(;d<=m&&u<=y;)if(s[d]===null)d++;else if(s[m]===null)m--;else if(l[d]===r[u])a[u]=A(s[d],o[u]),d++,u++;else if(l[m]===r[y])a[y]=A(s[m],o[y]),m--,y--;else if(l[d]===r[y])a[y]=A(s[d],o[y]),P(n,a[y+1],s[d]),d++,y--;else if(l[m]===r[u])a[u]=A(s[m],o[u]),P(n,s[d],s[m]),m--,u++;else if(c===void 0&&(c=Je(r,u,y),f=Je(l,d,m)),c.has(l[d]))if(c.has(l[m])){let v=f.get(r[u]),re=v!==void 0?s[v]:null;if(re===null){let Ae=P(n,s[d]);A(Ae,o[u]),a[u]=Ae}else a[u]=A(re,o[u]),P(n,s[d],re),s[v]=null;u++}else X(s[m]),m--;else X(s[d]),d++;for(;u<=y;){let v=P(n,a[y+1]);A(v,o[u]),a[u++]=v}for(;d<=m;){let v=s[d++];v!==null&&X(v)}return this.ut=r,Ge(n,a),b}});var U=["waiting","delivered","failed","expired","discarded"],ve=["pending","sending","uncertain"],Qe={pending:"mdi:clock-outline",sending:"mdi:send-outline",uncertain:"mdi:help-circle-outline",delivered:"mdi:check-circle-outline",failed:"mdi:alert-circle-outline",expired:"mdi:timer-off-outline",discarded:"mdi:cancel"},Ze=n=>n.state==="failed"||n.state==="expired",Xe=n=>n.state==="pending"||n.state==="uncertain"||n.state==="failed";function _e(n){return n===void 0?[]:n==="waiting"?ve:[n]}var $e={title:"Deliveries",description:"What Event Relay has delivered, what waits, and what failed",all_connections:"All connections",all_states:"All states",waiting:"Waiting",connection:"Connection",state:"State",card_title:"Title",show:"Show",today:"Today",yesterday:"Yesterday",attempts:"{count} attempts",late:"{duration} late",waiting_for:"waiting for {duration}",next_try:"next try {when}",next_try_now:"next try now",what:"What",happened:"Happened",ended:"Ended",ended_after:"{time} ({duration} after it happened)",next:"Next try",expires:"Given up",attempted:"Attempts",asked_by:"Asked for by",origin_action:"An action",origin_rule:"A rule",origin_mirror:"A mirror",origin_test:"A test",outside_id:"Id there",error:"Reason",warning:"Warning",links:"Open",link_event:"Event",link_snapshot:"Snapshot",link_clip:"Clip",link_review:"Review",link_qr_code:"QR code",retry:"Try again",discard:"Discard",cancel:"Cancel",confirm_retry:"It may have arrived already. It is looked for first; where that cannot be done, it may be there twice.",confirm_retry_yes:"Send it again",confirm_discard:"It will not be delivered.",confirm_discard_yes:"Discard it",done_retry:"It is tried again.",done_discard:"It is discarded.",more:"Show earlier deliveries",loading:"Loading…",empty_title:"Nothing delivered yet",empty:"What happens at home appears here once an automation calls an action of Event Relay, or a rule or mirror delivers something.",no_connection_title:"No connection yet",no_connection:"Event Relay delivers to a system outside your home. Add a connection to one first.",add_connection:"Add a connection",no_match_title:"No such deliveries",no_match:"None of the deliveries that are kept match what is chosen above.",show_all:"Show all",failed_to_load:"The deliveries cannot be shown: {reason}",again:"Try again"},et={en:$e};function g(n,e,t={}){return((et[n]??et[n.split("-")[0]??"en"]??$e)[e]??$e[e]).replace(/\{(\w+)\}/g,(s,o)=>t[o]??s)}function R(n,e,t,i){return n.localize(`component.event_relay.${e}`,i)||t}var w=n=>{let e=n.replaceAll("_"," ");return e.charAt(0).toUpperCase()+e.slice(1)};var wt=[["day",86400],["hour",3600],["minute",60],["second",1]];function St({locale:n,config:e}){let t={};return n.time_zone==="server"&&(t.timeZone=e.time_zone),n.time_format==="12"&&(t.hour12=!0),n.time_format==="24"&&(t.hourCycle="h23"),t}var tt=new Map;function be(n,e,t){let i={...St(n),...t},s=n.locale.time_format==="system"?void 0:n.locale.language,o=JSON.stringify([s,i]),r=tt.get(o);return r===void 0&&(r=new Intl.DateTimeFormat(s,i),tt.set(o,r)),r.format(e)}var it=(n,e)=>be(n,e,{hour:"numeric",minute:"2-digit"}),D=(n,e)=>be(n,e,{weekday:"long",day:"numeric",month:"long",year:"numeric"}),q=(n,e)=>be(n,e,{dateStyle:"medium",timeStyle:"medium"});function nt(n){let e=Math.abs(n);for(let[t,i]of wt)if(e>=i)return[Math.round(n/i),t];return[Math.round(n),"second"]}function B(n,e){let[t,i]=nt(Math.max(0,e));return new Intl.NumberFormat(n.locale.language,{style:"unit",unit:i,unitDisplay:"short"}).format(t)}function st(n,e){let[t,i]=nt(e);return new Intl.RelativeTimeFormat(n.locale.language,{style:"short"}).format(t,i)}var ot=60,Ct=(n,e)=>R(n,`selector.delivery_state.options.${e.state}`,w(e.state)),ee=(n,e)=>R(n,`services.${e.operation}.name`,w(e.operation)),te=(n,e)=>((e===null?Date.now():Date.parse(e))-Date.parse(n))/1e3;function rt({hass:n,row:e,open:t,tabbed:i,connection:s,toggle:o}){let r=new Date(e.occurred_at),l=[Ct(n,e),...Et(n,e),...e.summary?[ee(n,e)]:[],...s===void 0?[]:[s]],a=D(n,r)===D(n,new Date(e.accepted_at));return p`<button
    class="row"
    data-id=${e.delivery_id}
    tabindex=${i?0:-1}
    aria-expanded=${t?"true":"false"}
    @click=${o}
  >
    <ha-icon .icon=${Qe[e.state]} aria-hidden="true"></ha-icon>
    <span class="what">
      <span class="summary" dir="auto">${e.summary||ee(n,e)}</span>
      <span class="notes"
        >${l.map((c,f)=>p`${f?p`<span aria-hidden="true"> · </span>`:h}<bdi
                class=${f?"":"state"}
                >${c}</bdi
              >`)}</span
      >
    </span>
    <time datetime=${e.occurred_at} title=${q(n,r)}
      >${a?it(n,r):q(n,r)}</time
    >
  </button>`}function Et(n,e){let t=(o,r)=>g(n.locale.language,o,r),i=[];e.state==="failed"&&e.error?.reason&&i.push(e.error.reason);let s=te(e.occurred_at,e.settled_at);if(ve.includes(e.state)){if(s>=ot&&i.push(t("waiting_for",{duration:B(n,s)})),e.attempts>0&&e.due_at!==null){let o=-te(e.due_at,null);i.push(o<1?t("next_try_now"):t("next_try",{when:st(n,o)}))}}else e.state==="delivered"&&s>=ot&&i.push(t("late",{duration:B(n,s)}));return e.attempts>1&&i.push(t("attempts",{count:String(e.attempts)})),i}function at(n){let e=ie(n.hass);return p`<div class="details">
    <dl>
      ${kt(n).filter(([,t])=>t).map(([t,i])=>p`<div>
              <dt>${e(t)}</dt>
              <dd>${i}</dd>
            </div>`)}
    </dl>
    ${n.hass.user?.is_admin?Ht(n):h}
  </div>`}var ie=n=>(e,t)=>g(n.locale.language,e,t);function kt(n){let{hass:e,row:t,more:i}=n,s=ie(e),o=c=>c===null?void 0:q(e,new Date(c)),r=o(t.settled_at),l=te(t.occurred_at,t.settled_at),a=t.settled_at===null;return[["what",p`<bdi>${ee(e,t)}</bdi>`],["error",Tt(n)],["happened",o(t.occurred_at)],["ended",r&&l>=1?s("ended_after",{time:r,duration:B(e,l)}):r],["attempted",t.attempts?String(t.attempts):void 0],["next",a?o(t.due_at):void 0],["expires",a?o(t.expires_at):void 0],["asked_by",p`${s(`origin_${t.origin}`)}${i?.origin_title?p` (<bdi>${i.origin_title}</bdi>)`:h}`],["outside_id",t.outside_id?p`<code>${t.outside_id}</code>`:void 0],...(t.warnings??[]).map(c=>["warning",p`<bdi>${c}</bdi>`]),["links",Rt(e,t)]]}function Tt({hass:n,row:e,connection:t}){if(e.error===null||e.state==="delivered")return;let{code:i,reason:s}=e.error,o={connection:t,reason:s||w(i)},r=R(n,`exceptions.${i}.message`,o.reason,o);return p`<bdi>${r}</bdi>`}function Rt(n,e){let t=Object.entries(e.links??{}).filter(([,i])=>/^https?:\/\//i.test(i));if(t.length!==0)return p`${t.map(([i,s])=>p`<a href=${s} target="_blank" rel="noopener noreferrer">${Dt(n,i)}</a> `)}`}function Dt(n,e){let i=["event","snapshot","clip","review","qr_code"].find(s=>s===e);return i?ie(n)(`link_${i}`):w(e)}function Ht(n){let{hass:e,row:t,asking:i,busy:s,ask:o,act:r}=n,l=ie(e);if(i!==void 0)return p`<div class="confirm" role="group" aria-label=${l(i)}>
      <p>${l(`confirm_${i}`)}</p>
      <button class="action" ?disabled=${s} @click=${()=>o(void 0)}>
        ${l("cancel")}
      </button>
      <button class="action strong" ?disabled=${s} @click=${()=>r(i)}>
        ${l(`confirm_${i}_yes`)}
      </button>
    </div>`;let a=()=>t.unclear?o("retry"):r("retry");return p`<div class="actions">
    ${Ze(t)?p`<button class="action" ?disabled=${s} @click=${a}>${l("retry")}</button>`:h}
    ${Xe(t)?p`<button class="action" ?disabled=${s} @click=${()=>o("discard")}>
          ${l("discard")}
        </button>`:h}
  </div>`}var Pt=50,lt=200,Ut=3e3,ne=class{rows=[];connections=[];filter={connection:void 0,choice:void 0};ready=!1;loading=!1;error;#s=null;#e;#i;#o;#r;#a=0;#n;constructor(e){this.#n=e,e.addController(this)}get hasMore(){return this.#s!==null}set hass(e){this.#e=e,this.#n.isConnected&&this.#c(e.connection)}hostConnected(){this.#e!==void 0&&this.#c(this.#e.connection)}hostDisconnected(){this.#i?.removeEventListener("ready",this.#l),this.#i=void 0,window.clearTimeout(this.#r),this.#o?.(),this.#o=void 0}show(e){this.filter=e,this.rows=[],this.ready=!1,this.reload()}async reload(){let e=await this.#d(Math.min(Math.max(this.rows.length,Pt),lt),null);e!==void 0&&(this.rows=e.deliveries,this.#s=e.before,this.#n.requestUpdate())}async more(){if(this.#s===null||this.loading)return;let e=await this.#d(lt,this.#s);if(e===void 0)return;let t=new Set(this.rows.map(i=>i.delivery_id));this.rows=[...this.rows,...e.deliveries.filter(i=>!t.has(i.delivery_id))],this.#s=e.before,this.#n.requestUpdate()}async#d(e,t){let i=this.#e;if(i===void 0)return;let s=++this.#a;this.loading=!0,this.#n.requestUpdate();let{connection:o,choice:r}=this.filter,l=_e(r);try{let a=await i.callWS({type:"event_relay/deliveries/list",limit:e,...t===null?{}:{before:t},...o===void 0?{}:{config_entry_id:[o]},...l.length===0?{}:{state:l}});return s!==this.#a?void 0:(this.connections=a.connections,this.error=void 0,this.ready=!0,a)}catch(a){s===this.#a&&this.#h(a);return}finally{s===this.#a&&(this.loading=!1),this.#n.requestUpdate()}}#c(e){this.#i!==e&&(this.hostDisconnected(),this.#i=e,e.addEventListener("ready",this.#l),this.#l())}#l=()=>{let e=this.#i;if(e===void 0)return;window.clearTimeout(this.#r),this.#o?.();let t=!1,i=e.subscribeMessage(s=>{t||this.#f(s)},{type:"event_relay/deliveries/subscribe"},{resubscribe:!1});this.#o=()=>{t=!0,i.then(s=>s()).catch(()=>{})},i.catch(s=>{t||(this.#h(s),this.#r=window.setTimeout(this.#l,Ut))})};#h(e){this.error=Mt(e)==="unknown_command"?void 0:xe(e),this.#n.requestUpdate()}#f(e){if("anew"in e){this.reload();return}if(!this.ready)return;let t=new Map(e.deliveries.map(o=>[o.delivery_id,o])),i=this.#s??0,s=this.rows.filter(o=>!t.has(o.delivery_id));for(let o of t.values())this.#y(o)&&o.sequence>=i&&s.push(o);this.rows=s.sort((o,r)=>r.sequence-o.sequence),this.#n.requestUpdate()}#y(e){let{connection:t,choice:i}=this.filter,s=_e(i);return(t===void 0||e.config_entry_id===t)&&(s.length===0||s.includes(e.state))}};function xe(n){return typeof n=="object"&&n!==null&&"message"in n?String(n.message):String(n)}var Mt=n=>typeof n=="object"&&n!==null&&"code"in n?n.code:void 0;var Ot={title:"card_title",connection:"connection",state:"show"},dt=()=>({schema:[{name:"title",selector:{text:{}}},{name:"connection",selector:{config_entry:{integration:"event_relay"}}},{name:"state",selector:{select:{mode:"dropdown",options:U.map(n=>({value:n,label:w(n)}))}}}],computeLabel:({name:n})=>{let e=Ot[n];return e===void 0?n:g(document.documentElement.lang||"en",e)}});var ct=le`
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
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }
  select {
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
    content-visibility: auto;
    contain-intrinsic-size: auto 60px;
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
  a {
    color: var(--primary-color);
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
  .action,
  .more {
    display: inline-block;
    min-height: 36px;
    padding: 6px 16px;
    border: 1px solid var(--divider-color);
    border-radius: 18px;
    background: none;
    box-sizing: border-box;
    text-decoration: none;
    color: var(--primary-color);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .action.strong {
    border-color: var(--error-color);
    color: var(--error-color);
  }
  .action:disabled,
  .more:disabled {
    color: var(--disabled-text-color);
    cursor: default;
  }
  .more {
    display: block;
    margin: 12px auto;
  }
  .empty,
  .nothing,
  .failure {
    padding: 24px;
    text-align: center;
  }
  .failure {
    padding: 8px 16px;
    color: var(--error-color);
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
    .filters,
    .filters select {
      flex: 1 1 auto;
    }
    .details {
      padding-inline-start: 52px;
    }
    dl > div {
      grid-template-columns: 1fr;
      gap: 0;
    }
  }
`;var Nt=15e3,Lt="/config/integrations/dashboard/add?domain=event_relay",se=class extends x{static styles=ct;static properties={hass:{attribute:!1}};#s;#e=new ne(this);#i;#o;#r;#a=!1;#n="";#d;#c;#l=-1;static getConfigForm=dt;static getStubConfig(){return{}}setConfig(e){if(e.state!==void 0&&!U.includes(e.state))throw new Error(`state must be one of ${U.join(", ")}`);this.#s=e,this.#e.show({connection:e.connection,choice:e.state}),this.requestUpdate()}getCardSize(){return 8}getGridOptions(){return{columns:12,min_columns:4,rows:8,min_rows:4}}connectedCallback(){super.connectedCallback(),this.#c=window.setInterval(()=>this.requestUpdate(),Nt)}disconnectedCallback(){super.disconnectedCallback(),window.clearInterval(this.#c)}shouldUpdate(e){let t=e.get("hass");return e.size!==1||t===void 0||this.hass===void 0?!0:t.localize!==this.hass.localize||t.locale!==this.hass.locale||t.user!==this.hass.user||t.connection!==this.hass.connection}willUpdate(e){let t=this.shadowRoot?.activeElement?.closest("li")?.querySelector("button.row");if(this.#l=t?this.#m().indexOf(t):-1,!(!e.has("hass")||this.hass===void 0)&&(this.#e.hass=this.hass,e.get("hass")===void 0))for(let i of["services","exceptions","selector"])this.hass.loadBackendTranslation(i,"event_relay").catch(()=>{})}updated(){if(this.#l<0||this.shadowRoot?.activeElement)return;let e=this.#m();e[Math.min(this.#l,e.length-1)]?.focus({preventScroll:!0})}render(){let{hass:e}=this;if(e===void 0||this.#s===void 0)return h;let t=this.#s.title??this.#t("title");return p`
      <ha-card>
        <div class="head">
          ${t?p`<h2><bdi>${t}</bdi></h2>`:h}
          <div class="filters">${this.#h(e)}</div>
        </div>
        <div class="said" role="status">${this.#n}</div>
        ${this.#e.error===void 0?h:this.#b(this.#e.error)}
        <div class="body">
          ${this.#e.rows.length>0?this.#y(e):this.#$()}
        </div>
      </ha-card>
    `}#h(e){let{connections:t,filter:i}=this.#e,s=this.#s?.connection!==void 0,o=(r,l)=>{let a=r.target.value||void 0;this.#u(),this.#e.show({...i,[l]:a})};return p`
      ${s||t.length<2?h:p`<select
            aria-label=${this.#t("connection")}
            @change=${r=>o(r,"connection")}
          >
            <option value="">${this.#t("all_connections")}</option>
            ${t.map(r=>p`<option
                  value=${r.config_entry_id}
                  ?selected=${r.config_entry_id===i.connection}
                >
                  ${r.title}
                </option>`)}
          </select>`}
      <select
        aria-label=${this.#t("state")}
        .value=${i.choice??""}
        @change=${r=>o(r,"choice")}
      >
        <option value="">${this.#t("all_states")}</option>
        ${U.map(r=>p`<option value=${r} ?selected=${r===i.choice}>
              ${this.#f(e,r)}
            </option>`)}
      </select>
    `}#f(e,t){return t==="waiting"?this.#t("waiting"):R(e,`selector.delivery_state.options.${t}`,t)}#y(e){let{rows:t,hasMore:i,loading:s}=this.#e,o=t.some(l=>l.delivery_id===this.#d)?this.#d:t[0]?.delivery_id,r="";return p`
      <ol @keydown=${this.#E} @focusin=${this.#C}>
        ${Ye(t,l=>l.delivery_id,l=>{let a=this.#_(e,l),c=a===r?h:p`<h3>${a}</h3>`;return r=a,p`<li class=${l.state}>
              ${c}${this.#v(e,l,l.delivery_id===o)}
            </li>`})}
      </ol>
      ${i?p`<button class="more" ?disabled=${s} @click=${()=>this.#e.more()}>
            ${this.#t(s?"loading":"more")}
          </button>`:h}
    `}#v(e,t,i){let s=t.delivery_id===this.#i,{connections:o,filter:r}=this.#e,l=o.find(c=>c.config_entry_id===t.config_entry_id)?.title??"",a=o.length>1&&r.connection===void 0;return p`
      ${rt({hass:e,row:t,open:s,tabbed:i,connection:a?l:void 0,toggle:()=>this.#x(t)})}
      ${s?at({hass:e,row:t,connection:l,more:this.#o,asking:this.#r,busy:this.#a,ask:c=>this.#w(c),act:c=>{this.#S(t,c)}}):h}
    `}#_(e,t){let i=new Date,s=D(e,new Date(t.accepted_at));return s===D(e,i)?this.#t("today"):(i.setDate(i.getDate()-1),s===D(e,i)?this.#t("yesterday"):s)}#$(){let{ready:e,error:t,connections:i,filter:s}=this.#e;if(!e)return p`<p class="nothing">${t===void 0?this.#t("loading"):h}</p>`;if(i.length===0)return this.#p("mdi:lan-disconnect","no_connection_title","no_connection",()=>this.hass?.user?.is_admin?p`<a class="action" href=${Lt}>${this.#t("add_connection")}</a>`:h);let{connection:o,state:r}=this.#s??{};return s.choice!==r||s.connection!==o?this.#p("mdi:filter-off-outline","no_match_title","no_match",()=>p`<button class="action" @click=${()=>this.#e.show({connection:o,choice:r})}>${this.#t("show_all")}</button>`):s.choice===void 0?this.#p("mdi:home-export-outline","empty_title","empty",()=>h):this.#p("mdi:check-circle-outline","no_match_title","no_match",()=>h)}#p(e,t,i,s){return p`<div class="empty">
      <ha-icon .icon=${e} aria-hidden="true"></ha-icon>
      <strong>${this.#t(t)}</strong>
      <p>${this.#t(i)}</p>
      ${s()}
    </div>`}#b(e){return p`<div class="failure" role="alert">
      <p>${this.#t("failed_to_load",{reason:e})}</p>
      <button class="action" @click=${()=>this.#e.reload()}>
        ${this.#t("again")}
      </button>
    </div>`}#x(e){if(this.#i===e.delivery_id){this.#u();return}this.#u(),this.#n="",this.#i=e.delivery_id,this.#A(e)}#u(){this.#i=this.#o=this.#r=void 0,this.requestUpdate()}async#A(e){let t="event_relay/deliveries/get",{hass:i}=this;try{if(i?.user?.is_admin){let s=await i.callWS({type:t,delivery_id:e.delivery_id});this.#i===e.delivery_id&&(this.#o=s)}}catch{}this.requestUpdate(),await this.updateComplete,this.renderRoot.querySelector(".details")?.scrollIntoView({block:"nearest"})}#w(e){this.#r=e,this.requestUpdate(),this.updateComplete.then(()=>{this.renderRoot.querySelector(".confirm .action, .actions .action")?.focus()})}async#S(e,t){let i={delivery_id:e.delivery_id};this.#a=!0,this.requestUpdate();try{if(t==="retry"){let s=e.unclear?{confirm:!0}:{};await this.hass?.callService("event_relay","retry_delivery",{...i,...s,wait:0})}else await this.hass?.callService("event_relay","discard_delivery",i);this.#n=this.#t(`done_${t}`)}catch(s){this.#n=xe(s)}this.#a=!1,this.#r=void 0,this.requestUpdate(),await this.updateComplete,this.#g(e.delivery_id)}#g(e){for(let t of this.#m())t.dataset.id===e&&t.focus()}#m(){return[...this.renderRoot.querySelectorAll("button.row")]}#C(e){let{id:t}=e.target.dataset;t!==void 0&&t!==this.#d&&(this.#d=t,this.requestUpdate())}#E(e){if(e.key==="Escape"&&this.#i!==void 0){let r=this.#i;this.#u(),this.#g(r),e.stopPropagation();return}let t=this.#m(),i=t.indexOf(e.target);if(i<0)return;let s={ArrowDown:i+1,ArrowUp:i-1,Home:0,End:t.length-1},o=t[s[e.key]??-1];o!==void 0&&(o.focus(),e.preventDefault())}#t(e,t){return g(this.hass?.locale.language??"en",e,t)}};var oe="event-relay-card";customElements.get(oe)||(customElements.define(oe,se),window.customCards??=[],window.customCards.push({type:oe,name:"Event Relay",description:g(navigator.language,"description"),preview:!0,getEntitySuggestion:(n,e)=>{let{platform:t,device_id:i}=n.entities[e]??{};if(t!=="event_relay")return null;let s=i&&n.devices[i]?.primary_config_entry;return{config:{type:`custom:${oe}`,...s?{connection:s}:{}}}}}));
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
