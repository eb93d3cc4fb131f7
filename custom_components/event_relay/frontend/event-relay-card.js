/* sources 31a0e885e8c10044037051322c8a4c3c6224f6e7dfa77868638de37fb7f20015 code 6d81d4095951d1852e7efd819221781eeb40a582e26ab34e07d2de58e0795ba9 */
var q=globalThis,B=q.ShadowRoot&&(q.ShadyCSS===void 0||q.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,de=Symbol(),Se=new WeakMap,P=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==de)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(B&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=Se.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&Se.set(t,e))}return e}toString(){return this.cssText}},ke=i=>new P(typeof i=="string"?i:i+"",void 0,de),ce=(i,...e)=>{let t=i.length===1?i[0]:e.reduce((n,s,o)=>n+(r=>{if(r._$cssResult$===!0)return r.cssText;if(typeof r=="number")return r;throw Error("Value passed to 'css' function must be a 'css' function result: "+r+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(s)+i[o+1],i[0]);return new P(t,i,de)},Ce=(i,e)=>{if(B)i.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let n=document.createElement("style"),s=q.litNonce;s!==void 0&&n.setAttribute("nonce",s),n.textContent=t.cssText,i.appendChild(n)}},he=B?i=>i:i=>i instanceof CSSStyleSheet?(e=>{let t="";for(let n of e.cssRules)t+=n.cssText;return ke(t)})(i):i;var{is:ft,defineProperty:gt,getOwnPropertyDescriptor:yt,getOwnPropertyNames:_t,getOwnPropertySymbols:vt,getPrototypeOf:$t}=Object,W=globalThis,Te=W.trustedTypes,bt=Te?Te.emptyScript:"",xt=W.reactiveElementPolyfillSupport,U=(i,e)=>i,ue={toAttribute(i,e){switch(e){case Boolean:i=i?bt:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,e){let t=i;switch(e){case Boolean:t=i!==null;break;case Number:t=i===null?null:Number(i);break;case Object:case Array:try{t=JSON.parse(i)}catch{t=null}}return t}},De=(i,e)=>!ft(i,e),Re={attribute:!0,type:String,converter:ue,reflect:!1,useDefault:!1,hasChanged:De};Symbol.metadata??=Symbol("metadata"),W.litPropertyMetadata??=new WeakMap;var v=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Re){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),s=this.getPropertyDescriptor(e,n,t);s!==void 0&&gt(this.prototype,e,s)}}static getPropertyDescriptor(e,t,n){let{get:s,set:o}=yt(this.prototype,e)??{get(){return this[t]},set(r){this[t]=r}};return{get:s,set(r){let l=s?.call(this);o?.call(this,r),this.requestUpdate(e,l,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Re}static _$Ei(){if(this.hasOwnProperty(U("elementProperties")))return;let e=$t(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(U("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(U("properties"))){let t=this.properties,n=[..._t(t),...vt(t)];for(let s of n)this.createProperty(s,t[s])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[n,s]of t)this.elementProperties.set(n,s)}this._$Eh=new Map;for(let[t,n]of this.elementProperties){let s=this._$Eu(t,n);s!==void 0&&this._$Eh.set(s,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let s of n)t.unshift(he(s))}else e!==void 0&&t.push(he(e));return t}static _$Eu(e,t){let n=t.attribute;return n===!1?void 0:typeof n=="string"?n:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Ce(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),s=this.constructor._$Eu(e,n);if(s!==void 0&&n.reflect===!0){let o=(n.converter?.toAttribute!==void 0?n.converter:ue).toAttribute(t,n.type);this._$Em=e,o==null?this.removeAttribute(s):this.setAttribute(s,o),this._$Em=null}}_$AK(e,t){let n=this.constructor,s=n._$Eh.get(e);if(s!==void 0&&this._$Em!==s){let o=n.getPropertyOptions(s),r=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:ue;this._$Em=s;let l=r.fromAttribute(t,o.type);this[s]=l??this._$Ej?.get(s)??l,this._$Em=null}}requestUpdate(e,t,n,s=!1,o){if(e!==void 0){let r=this.constructor;if(s===!1&&(o=this[e]),n??=r.getPropertyOptions(e),!((n.hasChanged??De)(o,t)||n.useDefault&&n.reflect&&o===this._$Ej?.get(e)&&!this.hasAttribute(r._$Eu(e,n))))return;this.C(e,t,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:s,wrapped:o},r){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,r??t??this[e]),o!==!0||r!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),s===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[s,o]of this._$Ep)this[s]=o;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[s,o]of n){let{wrapped:r}=o,l=this[s];r!==!0||this._$AL.has(s)||l===void 0||this.C(s,void 0,o,l)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(t)):this._$EM()}catch(n){throw e=!1,this._$EM(),n}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};v.elementStyles=[],v.shadowRootOptions={mode:"open"},v[U("elementProperties")]=new Map,v[U("finalized")]=new Map,xt?.({ReactiveElement:v}),(W.reactiveElementVersions??=[]).push("2.1.2");var me=globalThis,He=i=>i,F=me.trustedTypes,Pe=F?F.createPolicy("lit-html",{createHTML:i=>i}):void 0,fe="$lit$",$=`lit$${Math.random().toFixed(9).slice(2)}$`,ge="?"+$,wt=`<${ge}>`,S=document,O=()=>S.createComment(""),N=i=>i===null||typeof i!="object"&&typeof i!="function",ye=Array.isArray,Ie=i=>ye(i)||typeof i?.[Symbol.iterator]=="function",pe=`[ 	
\f\r]`,M=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Ue=/-->/g,Me=/>/g,A=RegExp(`>|${pe}(?:([^\\s"'>=/]+)(${pe}*=${pe}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Oe=/'/g,Ne=/"/g,ze=/^(?:script|style|textarea|title)$/i,_e=i=>(e,...t)=>({_$litType$:i,strings:e,values:t}),u=_e(1),Zt=_e(2),Kt=_e(3),b=Symbol.for("lit-noChange"),h=Symbol.for("lit-nothing"),Le=new WeakMap,E=S.createTreeWalker(S,129);function Ve(i,e){if(!ye(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return Pe!==void 0?Pe.createHTML(e):e}var qe=(i,e)=>{let t=i.length-1,n=[],s,o=e===2?"<svg>":e===3?"<math>":"",r=M;for(let l=0;l<t;l++){let a=i[l],c,f,d=-1,m=0;for(;m<a.length&&(r.lastIndex=m,f=r.exec(a),f!==null);)m=r.lastIndex,r===M?f[1]==="!--"?r=Ue:f[1]!==void 0?r=Me:f[2]!==void 0?(ze.test(f[2])&&(s=RegExp("</"+f[2],"g")),r=A):f[3]!==void 0&&(r=A):r===A?f[0]===">"?(r=s??M,d=-1):f[1]===void 0?d=-2:(d=r.lastIndex-f[2].length,c=f[1],r=f[3]===void 0?A:f[3]==='"'?Ne:Oe):r===Ne||r===Oe?r=A:r===Ue||r===Me?r=M:(r=A,s=void 0);let p=r===A&&i[l+1].startsWith("/>")?" ":"";o+=r===M?a+wt:d>=0?(n.push(c),a.slice(0,d)+fe+a.slice(d)+$+p):a+$+(d===-2?l:p)}return[Ve(i,o+(i[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),n]},L=class i{constructor({strings:e,_$litType$:t},n){let s;this.parts=[];let o=0,r=0,l=e.length-1,a=this.parts,[c,f]=qe(e,t);if(this.el=i.createElement(c,n),E.currentNode=this.el.content,t===2||t===3){let d=this.el.content.firstChild;d.replaceWith(...d.childNodes)}for(;(s=E.nextNode())!==null&&a.length<l;){if(s.nodeType===1){if(s.hasAttributes())for(let d of s.getAttributeNames())if(d.endsWith(fe)){let m=f[r++],p=s.getAttribute(d).split($),g=/([.?@])?(.*)/.exec(m);a.push({type:1,index:o,name:g[2],strings:p,ctor:g[1]==="."?Z:g[1]==="?"?K:g[1]==="@"?G:C}),s.removeAttribute(d)}else d.startsWith($)&&(a.push({type:6,index:o}),s.removeAttribute(d));if(ze.test(s.tagName)){let d=s.textContent.split($),m=d.length-1;if(m>0){s.textContent=F?F.emptyScript:"";for(let p=0;p<m;p++)s.append(d[p],O()),E.nextNode(),a.push({type:2,index:++o});s.append(d[m],O())}}}else if(s.nodeType===8)if(s.data===ge)a.push({type:2,index:o});else{let d=-1;for(;(d=s.data.indexOf($,d+1))!==-1;)a.push({type:7,index:o}),d+=$.length-1}o++}}static createElement(e,t){let n=S.createElement("template");return n.innerHTML=e,n}};function k(i,e,t=i,n){if(e===b)return e;let s=n!==void 0?t._$Co?.[n]:t._$Cl,o=N(e)?void 0:e._$litDirective$;return s?.constructor!==o&&(s?._$AO?.(!1),o===void 0?s=void 0:(s=new o(i),s._$AT(i,t,n)),n!==void 0?(t._$Co??=[])[n]=s:t._$Cl=s),s!==void 0&&(e=k(i,s._$AS(i,e.values),s,n)),e}var j=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,s=(e?.creationScope??S).importNode(t,!0);E.currentNode=s;let o=E.nextNode(),r=0,l=0,a=n[0];for(;a!==void 0;){if(r===a.index){let c;a.type===2?c=new R(o,o.nextSibling,this,e):a.type===1?c=new a.ctor(o,a.name,a.strings,this,e):a.type===6&&(c=new J(o,this,e)),this._$AV.push(c),a=n[++l]}r!==a?.index&&(o=E.nextNode(),r++)}return E.currentNode=S,s}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(e,n,t),t+=n.strings.length-2):n._$AI(e[t])),t++}},R=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,s){this.type=2,this._$AH=h,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=s,this._$Cv=s?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=k(this,e,t),N(e)?e===h||e==null||e===""?(this._$AH!==h&&this._$AR(),this._$AH=h):e!==this._$AH&&e!==b&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Ie(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==h&&N(this._$AH)?this._$AA.nextSibling.data=e:this.T(S.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,s=typeof n=="number"?this._$AC(e):(n.el===void 0&&(n.el=L.createElement(Ve(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===s)this._$AH.p(t);else{let o=new j(s,this),r=o.u(this.options);o.p(t),this.T(r),this._$AH=o}}_$AC(e){let t=Le.get(e.strings);return t===void 0&&Le.set(e.strings,t=new L(e)),t}k(e){ye(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,n,s=0;for(let o of e)s===t.length?t.push(n=new i(this.O(O()),this.O(O()),this,this.options)):n=t[s],n._$AI(o),s++;s<t.length&&(this._$AR(n&&n._$AB.nextSibling,s),t.length=s)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let n=He(e).nextSibling;He(e).remove(),e=n}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},C=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,s,o){this.type=1,this._$AH=h,this._$AN=void 0,this.element=e,this.name=t,this._$AM=s,this.options=o,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=h}_$AI(e,t=this,n,s){let o=this.strings,r=!1;if(o===void 0)e=k(this,e,t,0),r=!N(e)||e!==this._$AH&&e!==b,r&&(this._$AH=e);else{let l=e,a,c;for(e=o[0],a=0;a<o.length-1;a++)c=k(this,l[n+a],t,a),c===b&&(c=this._$AH[a]),r||=!N(c)||c!==this._$AH[a],c===h?e=h:e!==h&&(e+=(c??"")+o[a+1]),this._$AH[a]=c}r&&!s&&this.j(e)}j(e){e===h?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Z=class extends C{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===h?void 0:e}},K=class extends C{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==h)}},G=class extends C{constructor(e,t,n,s,o){super(e,t,n,s,o),this.type=5}_$AI(e,t=this){if((e=k(this,e,t,0)??h)===b)return;let n=this._$AH,s=e===h&&n!==h||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,o=e!==h&&(n===h||s);s&&this.element.removeEventListener(this.name,this,n),o&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},J=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){k(this,e)}},Be={M:fe,P:$,A:ge,C:1,L:qe,R:j,D:Ie,V:k,I:R,H:C,N:K,U:G,B:Z,F:J},At=me.litHtmlPolyfillSupport;At?.(L,R),(me.litHtmlVersions??=[]).push("3.3.3");var We=(i,e,t)=>{let n=t?.renderBefore??e,s=n._$litPart$;if(s===void 0){let o=t?.renderBefore??null;n._$litPart$=s=new R(e.insertBefore(O(),o),o,void 0,t??{})}return s._$AI(i),s};var ve=globalThis,x=class extends v{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=We(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return b}};x._$litElement$=!0,x.finalized=!0,ve.litElementHydrateSupport?.({LitElement:x});var Et=ve.litElementPolyfillSupport;Et?.({LitElement:x});(ve.litElementVersions??=[]).push("4.2.2");var Fe={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},je=i=>(...e)=>({_$litDirective$:i,values:e}),Q=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:St}=Be,Ze=i=>i;var Ke=()=>document.createComment(""),D=(i,e,t)=>{let n=i._$AA.parentNode,s=e===void 0?i._$AB:e._$AA;if(t===void 0){let o=n.insertBefore(Ke(),s),r=n.insertBefore(Ke(),s);t=new St(o,r,i,i.options)}else{let o=t._$AB.nextSibling,r=t._$AM,l=r!==i;if(l){let a;t._$AQ?.(i),t._$AM=i,t._$AP!==void 0&&(a=i._$AU)!==r._$AU&&t._$AP(a)}if(o!==s||l){let a=t._$AA;for(;a!==o;){let c=Ze(a).nextSibling;Ze(n).insertBefore(a,s),a=c}}}return t},w=(i,e,t=i)=>(i._$AI(e,t),i),kt={},Ge=(i,e=kt)=>i._$AH=e,Je=i=>i._$AH,Y=i=>{i._$AR(),i._$AA.remove()};var Qe=(i,e,t)=>{let n=new Map;for(let s=e;s<=t;s++)n.set(i[s],s);return n},Ye=je(class extends Q{constructor(i){if(super(i),i.type!==Fe.CHILD)throw Error("repeat() can only be used in text expressions")}dt(i,e,t){let n;t===void 0?t=e:e!==void 0&&(n=e);let s=[],o=[],r=0;for(let l of i)s[r]=n?n(l,r):r,o[r]=t(l,r),r++;return{values:o,keys:s}}render(i,e,t){return this.dt(i,e,t).values}update(i,[e,t,n]){let s=Je(i),{values:o,keys:r}=this.dt(e,t,n);if(!Array.isArray(s))return this.ut=r,o;let l=this.ut??=[],a=[],c,f,d=0,m=s.length-1,p=0,g=o.length-1;for(;d<=m&&p<=g;)if(s[d]===null)d++;else if(s[m]===null)m--;else if(l[d]===r[p])a[p]=w(s[d],o[p]),d++,p++;else if(l[m]===r[g])a[g]=w(s[m],o[g]),m--,g--;else if(l[d]===r[g])a[g]=w(s[d],o[g]),D(i,a[g+1],s[d]),d++,g--;else if(l[m]===r[p])a[p]=w(s[m],o[p]),D(i,s[d],s[m]),m--,p++;else if(c===void 0&&(c=Qe(r,p,g),f=Qe(l,d,m)),c.has(l[d]))if(c.has(l[m])){let _=f.get(r[p]),le=_!==void 0?s[_]:null;if(le===null){let Ee=D(i,s[d]);w(Ee,o[p]),a[p]=Ee}else a[p]=w(le,o[p]),D(i,s[d],le),s[_]=null;p++}else Y(s[m]),m--;else Y(s[d]),d++;for(;p<=g;){let _=D(i,a[g+1]);w(_,o[p]),a[p++]=_}for(;d<=m;){let _=s[d++];_!==null&&Y(_)}return this.ut=r,Ge(i,a),b}});var H=["waiting","delivered","failed","expired","discarded"],$e=["pending","sending","uncertain"],Xe={pending:"mdi:clock-outline",sending:"mdi:send-outline",uncertain:"mdi:help-circle-outline",delivered:"mdi:check-circle-outline",failed:"mdi:alert-circle-outline",expired:"mdi:timer-off-outline",discarded:"mdi:cancel"},et=i=>i.state==="failed"||i.state==="expired",tt=i=>i.state==="pending"||i.state==="uncertain"||i.state==="failed";function be(i){return i===void 0?[]:i==="waiting"?$e:[i]}var it={title:"Zustellungen",description:"Was Event Relay zugestellt hat, was wartet und was fehlgeschlagen ist",all_connections:"Alle Verbindungen",all_states:"Alle Zustände",waiting:"Wartend",state_pending:"Wartet",state_sending:"Wird gesendet",state_uncertain:"Ungewiss",state_delivered:"Zugestellt",state_failed:"Fehlgeschlagen",state_expired:"Abgelaufen",state_discarded:"Verworfen",connection:"Verbindung",state:"Zustand",card_title:"Titel",show:"Zeigen",today:"Heute",yesterday:"Gestern",attempts:"{count} Versuche",late:"{duration} zu spät",waiting_for:"wartet seit {duration}",next_try:"nächster Versuch {when}",next_try_now:"nächster Versuch jetzt",what:"Was",happened:"Geschehen",ended:"Beendet",ended_after:"{time} ({duration} danach)",next:"Nächster Versuch",expires:"Wird aufgegeben",attempted:"Versuche",asked_by:"Veranlasst von",origin_action:"Einer Aktion",origin_rule:"Einer Regel",origin_mirror:"Einem Spiegel",origin_test:"Einem Test",outside_id:"Kennung dort",error:"Grund",warning:"Warnung",links:"Öffnen",link_event:"Ereignis",link_snapshot:"Standbild",link_clip:"Clip",link_review:"Rückblick",link_qr_code:"QR-Code",retry:"Erneut versuchen",discard:"Verwerfen",cancel:"Abbrechen",confirm_retry:"Es kann schon angekommen sein. Zuerst wird danach gesucht; wo das nicht geht, kann es doppelt ankommen.",confirm_retry_yes:"Noch einmal senden",confirm_discard:"Es wird nicht zugestellt.",confirm_discard_yes:"Verwerfen",done_retry:"Es wird erneut versucht.",done_discard:"Es ist verworfen.",more:"Frühere Zustellungen zeigen",loading:"Lädt …",empty_title:"Noch nichts zugestellt",empty:"Was zu Hause geschieht, erscheint hier, sobald eine Automation eine Aktion von Event Relay aufruft oder eine Regel oder ein Spiegel etwas zustellt.",no_connection_title:"Noch keine Verbindung",no_connection:"Event Relay stellt einem System außerhalb deines Zuhauses zu. Füge zuerst eine Verbindung zu einem hinzu.",add_connection:"Verbindung hinzufügen",no_match_title:"Keine solchen Zustellungen",no_match:"Keine der aufbewahrten Zustellungen passt zu dem, was oben gewählt ist.",show_all:"Alle zeigen",failed_to_load:"Die Zustellungen können nicht gezeigt werden: {reason}",again:"Erneut versuchen"};var xe={title:"Deliveries",description:"What Event Relay has delivered, what waits, and what failed",all_connections:"All connections",all_states:"All states",waiting:"Waiting",state_pending:"Pending",state_sending:"Sending",state_uncertain:"Uncertain",state_delivered:"Delivered",state_failed:"Failed",state_expired:"Expired",state_discarded:"Discarded",connection:"Connection",state:"State",card_title:"Title",show:"Show",today:"Today",yesterday:"Yesterday",attempts:"{count} attempts",late:"{duration} late",waiting_for:"waiting for {duration}",next_try:"next try {when}",next_try_now:"next try now",what:"What",happened:"Happened",ended:"Ended",ended_after:"{time} ({duration} after it happened)",next:"Next try",expires:"Given up",attempted:"Attempts",asked_by:"Asked for by",origin_action:"An action",origin_rule:"A rule",origin_mirror:"A mirror",origin_test:"A test",outside_id:"Id there",error:"Reason",warning:"Warning",links:"Open",link_event:"Event",link_snapshot:"Snapshot",link_clip:"Clip",link_review:"Review",link_qr_code:"QR code",retry:"Try again",discard:"Discard",cancel:"Cancel",confirm_retry:"It may have arrived already. It is looked for first; where that cannot be done, it may be there twice.",confirm_retry_yes:"Send it again",confirm_discard:"It will not be delivered.",confirm_discard_yes:"Discard it",done_retry:"It is tried again.",done_discard:"It is discarded.",more:"Show earlier deliveries",loading:"Loading…",empty_title:"Nothing delivered yet",empty:"What happens at home appears here once an automation calls an action of Event Relay, or a rule or mirror delivers something.",no_connection_title:"No connection yet",no_connection:"Event Relay delivers to a system outside your home. Add a connection to one first.",add_connection:"Add a connection",no_match_title:"No such deliveries",no_match:"None of the deliveries that are kept match what is chosen above.",show_all:"Show all",failed_to_load:"The deliveries cannot be shown: {reason}",again:"Try again"};var nt={de:it,en:xe},X=i=>i==="waiting"?i:`state_${i}`;function y(i,e,t={}){return(nt[i]??nt[i.split("-")[0]??"en"]??xe)[e].replace(/\{(\w+)\}/g,(s,o)=>t[o]??s)}function ee(i,e,t,n){return i.localize(`component.event_relay.${e}`,n)||t}var I=i=>{let e=i.replaceAll("_"," ");return e.charAt(0).toUpperCase()+e.slice(1)};var Ct=[["day",86400],["hour",3600],["minute",60],["second",1]];function Tt({locale:i,config:e}){let t={};return i.time_zone==="server"&&(t.timeZone=e.time_zone),i.time_format==="12"&&(t.hour12=!0),i.time_format==="24"&&(t.hourCycle="h23"),t}var st=new Map;function we(i,e,t){let n={...Tt(i),...t},s=i.locale.time_format==="system"?void 0:i.locale.language,o=JSON.stringify([s,n]),r=st.get(o);return r===void 0&&(r=new Intl.DateTimeFormat(s,n),st.set(o,r)),r.format(e)}var ot=(i,e)=>we(i,e,{hour:"numeric",minute:"2-digit"}),T=(i,e)=>we(i,e,{weekday:"long",day:"numeric",month:"long",year:"numeric"}),z=(i,e)=>we(i,e,{dateStyle:"medium",timeStyle:"medium"});function rt(i){let e=Math.abs(i);for(let[t,n]of Ct)if(e>=n)return[Math.round(i/n),t];return[Math.round(i),"second"]}var te=(i,e)=>new Intl.NumberFormat(i.locale.language).format(e);function V(i,e){let[t,n]=rt(Math.max(0,e));return new Intl.NumberFormat(i.locale.language,{style:"unit",unit:n,unitDisplay:"short"}).format(t)}function at(i,e){let[t,n]=rt(e);return new Intl.RelativeTimeFormat(i.locale.language,{style:"short"}).format(t,n)}var lt=60,Rt=(i,e)=>y(i.locale.language,`state_${e.state}`),ie=(i,e)=>ee(i,`services.${e.operation}.name`,I(e.operation)),ne=(i,e)=>((e===null?Date.now():Date.parse(e))-Date.parse(i))/1e3;function dt({hass:i,row:e,open:t,tabbed:n,connection:s,toggle:o}){let r=new Date(e.occurred_at),l=[Rt(i,e),...Dt(i,e),...e.summary?[ie(i,e)]:[],...s===void 0?[]:[s]],a=T(i,r)===T(i,new Date(e.accepted_at));return u`<button
    class="row"
    data-id=${e.delivery_id}
    tabindex=${n?0:-1}
    aria-expanded=${t?"true":"false"}
    @click=${o}
  >
    <ha-icon .icon=${Xe[e.state]} aria-hidden="true"></ha-icon>
    <span class="what">
      <span class="summary" dir="auto">${e.summary||ie(i,e)}</span>
      <span class="notes"
        >${l.map((c,f)=>u`${f?u`<span aria-hidden="true"> · </span>`:h}<bdi
                class=${f?"":"state"}
                >${c}</bdi
              >`)}</span
      >
    </span>
    <time datetime=${e.occurred_at} title=${z(i,r)}
      >${a?ot(i,r):z(i,r)}</time
    >
  </button>`}function Dt(i,e){let t=(o,r)=>y(i.locale.language,o,r),n=[];e.state==="failed"&&e.error?.reason&&n.push(e.error.reason);let s=ne(e.occurred_at,e.settled_at);if($e.includes(e.state)){if(s>=lt&&n.push(t("waiting_for",{duration:V(i,s)})),e.attempts>0&&e.due_at!==null){let o=-ne(e.due_at,null);n.push(o<1?t("next_try_now"):t("next_try",{when:at(i,o)}))}}else e.state==="delivered"&&s>=lt&&n.push(t("late",{duration:V(i,s)}));return e.attempts>1&&n.push(t("attempts",{count:te(i,e.attempts)})),n}function ct(i){let e=se(i.hass);return u`<div class="details">
    <dl>
      ${Ht(i).filter(([,t])=>t).map(([t,n])=>u`<div>
              <dt>${e(t)}</dt>
              <dd>${n}</dd>
            </div>`)}
    </dl>
    ${i.hass.user?.is_admin?Ot(i):h}
  </div>`}var se=i=>(e,t)=>y(i.locale.language,e,t);function Ht(i){let{hass:e,row:t,more:n}=i,s=se(e),o=c=>c===null?void 0:z(e,new Date(c)),r=o(t.settled_at),l=ne(t.occurred_at,t.settled_at),a=t.settled_at===null;return[["what",u`<bdi>${ie(e,t)}</bdi>`],["error",Pt(i)],["happened",o(t.occurred_at)],["ended",r&&l>=1?s("ended_after",{time:r,duration:V(e,l)}):r],["attempted",t.attempts?te(e,t.attempts):void 0],["next",a?o(t.due_at):void 0],["expires",a?o(t.expires_at):void 0],["asked_by",u`${s(`origin_${t.origin}`)}${n?.origin_title?u` (<bdi>${n.origin_title}</bdi>)`:h}`],["outside_id",t.outside_id?u`<code>${t.outside_id}</code>`:void 0],...(t.warnings??[]).map(c=>["warning",u`<bdi>${c}</bdi>`]),["links",Ut(e,t)]]}function Pt({hass:i,row:e,connection:t}){if(e.error===null||e.state==="delivered")return;let{code:n,reason:s}=e.error,o={connection:t,reason:s||I(n)},r=ee(i,`exceptions.${n}.message`,o.reason,o);return u`<bdi>${r}</bdi>`}function Ut(i,e){let t=Object.entries(e.links??{}).filter(([,n])=>/^https?:\/\//i.test(n));if(t.length!==0)return u`${t.map(([n,s])=>u`<a href=${s} target="_blank" rel="noopener noreferrer">${Mt(i,n)}</a> `)}`}function Mt(i,e){let n=["event","snapshot","clip","review","qr_code"].find(s=>s===e);return n?se(i)(`link_${n}`):I(e)}function Ot(i){let{hass:e,row:t,asking:n,busy:s,ask:o,act:r}=i,l=se(e);if(n!==void 0)return u`<div class="confirm" role="group" aria-label=${l(n)}>
      <p>${l(`confirm_${n}`)}</p>
      <button class="action" ?disabled=${s} @click=${()=>o(void 0)}>
        ${l("cancel")}
      </button>
      <button class="action strong" ?disabled=${s} @click=${()=>r(n)}>
        ${l(`confirm_${n}_yes`)}
      </button>
    </div>`;let a=()=>t.unclear?o("retry"):r("retry");return u`<div class="actions">
    ${et(t)?u`<button class="action" ?disabled=${s} @click=${a}>${l("retry")}</button>`:h}
    ${tt(t)?u`<button class="action" ?disabled=${s} @click=${()=>o("discard")}>
          ${l("discard")}
        </button>`:h}
  </div>`}var Nt=50,ht=200,Lt=3e3,oe=class{rows=[];connections=[];filter={connection:void 0,choice:void 0};ready=!1;loading=!1;error;#s=null;#e;#i;#o;#r;#a=0;#n;constructor(e){this.#n=e,e.addController(this)}get hasMore(){return this.#s!==null}set hass(e){this.#e=e,this.#n.isConnected&&this.#c(e.connection)}hostConnected(){this.#e!==void 0&&this.#c(this.#e.connection)}hostDisconnected(){this.#i?.removeEventListener("ready",this.#l),this.#i=void 0,window.clearTimeout(this.#r),this.#o?.(),this.#o=void 0}show(e){this.filter=e,this.rows=[],this.ready=!1,this.reload()}async reload(){let e=await this.#d(Math.min(Math.max(this.rows.length,Nt),ht),null);e!==void 0&&(this.rows=e.deliveries,this.#s=e.before,this.#n.requestUpdate())}async more(){if(this.#s===null||this.loading)return;let e=await this.#d(ht,this.#s);if(e===void 0)return;let t=new Set(this.rows.map(n=>n.delivery_id));this.rows=[...this.rows,...e.deliveries.filter(n=>!t.has(n.delivery_id))],this.#s=e.before,this.#n.requestUpdate()}async#d(e,t){let n=this.#e;if(n===void 0)return;let s=++this.#a;this.loading=!0,this.#n.requestUpdate();let{connection:o,choice:r}=this.filter,l=be(r);try{let a=await n.callWS({type:"event_relay/deliveries/list",limit:e,...t===null?{}:{before:t},...o===void 0?{}:{config_entry_id:[o]},...l.length===0?{}:{state:l}});return s!==this.#a?void 0:(this.connections=a.connections,this.error=void 0,this.ready=!0,a)}catch(a){s===this.#a&&this.#h(a);return}finally{s===this.#a&&(this.loading=!1),this.#n.requestUpdate()}}#c(e){this.#i!==e&&(this.hostDisconnected(),this.#i=e,e.addEventListener("ready",this.#l),this.#l())}#l=()=>{let e=this.#i;if(e===void 0)return;window.clearTimeout(this.#r),this.#o?.();let t=!1,n=e.subscribeMessage(s=>{t||this.#f(s)},{type:"event_relay/deliveries/subscribe"},{resubscribe:!1});this.#o=()=>{t=!0,n.then(s=>s()).catch(()=>{})},n.catch(s=>{t||(this.#h(s),this.#r=window.setTimeout(this.#l,Lt))})};#h(e){this.error=It(e)==="unknown_command"?void 0:Ae(e),this.#n.requestUpdate()}#f(e){if("anew"in e){this.reload();return}if(!this.ready)return;let t=new Map(e.deliveries.map(o=>[o.delivery_id,o])),n=this.#s??0,s=this.rows.filter(o=>!t.has(o.delivery_id));for(let o of t.values())this.#g(o)&&o.sequence>=n&&s.push(o);this.rows=s.sort((o,r)=>r.sequence-o.sequence),this.#n.requestUpdate()}#g(e){let{connection:t,choice:n}=this.filter,s=be(n);return(t===void 0||e.config_entry_id===t)&&(s.length===0||s.includes(e.state))}};function Ae(i){return typeof i=="object"&&i!==null&&"message"in i?String(i.message):String(i)}var It=i=>typeof i=="object"&&i!==null&&"code"in i?i.code:void 0;var zt={title:"card_title",connection:"connection",state:"show"},ut=i=>y(document.documentElement.lang||"en",i),pt=()=>({schema:[{name:"title",selector:{text:{}}},{name:"connection",selector:{config_entry:{integration:"event_relay"}}},{name:"state",selector:{select:{mode:"dropdown",options:H.map(i=>({value:i,label:ut(X(i))}))}}}],computeLabel:({name:i})=>{let e=zt[i];return e===void 0?i:ut(e)}});var mt=ce`
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
  .action,
  .more {
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
  .action:disabled,
  .more:disabled {
    border-color: var(--divider-color);
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
`;var Vt=15e3,qt="/config/integrations/dashboard/add?domain=event_relay",re=class extends x{static styles=mt;static properties={hass:{attribute:!1}};#s;#e=new oe(this);#i;#o;#r;#a=!1;#n="";#d;#c;#l=-1;static getConfigForm=pt;static getStubConfig(){return{}}setConfig(e){if(e.state!==void 0&&!H.includes(e.state))throw new Error(`state must be one of ${H.join(", ")}`);this.#s=e,this.#e.show({connection:e.connection,choice:e.state}),this.requestUpdate()}getCardSize(){return 8}getGridOptions(){return{columns:12,min_columns:4,rows:8,min_rows:4}}connectedCallback(){super.connectedCallback(),this.#c=window.setInterval(()=>this.requestUpdate(),Vt)}disconnectedCallback(){super.disconnectedCallback(),window.clearInterval(this.#c)}shouldUpdate(e){let t=e.get("hass");return e.size!==1||t===void 0||this.hass===void 0?!0:t.localize!==this.hass.localize||t.locale!==this.hass.locale||t.user!==this.hass.user||t.connection!==this.hass.connection}willUpdate(e){let t=this.shadowRoot?.activeElement?.closest("li")?.querySelector("button.row");if(this.#l=t?this.#m().indexOf(t):-1,!(!e.has("hass")||this.hass===void 0)&&(this.#e.hass=this.hass,e.get("hass")===void 0))for(let n of["services","exceptions","selector"])this.hass.loadBackendTranslation(n,"event_relay").catch(()=>{})}updated(){if(this.#l<0||this.shadowRoot?.activeElement)return;let e=this.#m();e[Math.min(this.#l,e.length-1)]?.focus({preventScroll:!0})}render(){let{hass:e}=this;if(e===void 0||this.#s===void 0)return h;let t=this.#s.title??this.#t("title");return u`
      <ha-card>
        <div class="head">
          ${t?u`<h2><bdi>${t}</bdi></h2>`:h}
          <div class="filters">${this.#h()}</div>
        </div>
        <div class="said" role="status">${this.#n}</div>
        ${this.#e.error===void 0?h:this.#$(this.#e.error)}
        <div class="body">
          ${this.#e.rows.length>0?this.#f(e):this.#v()}
        </div>
      </ha-card>
    `}#h(){let{connections:e,filter:t}=this.#e,n=this.#s?.connection!==void 0,s=(o,r)=>{let l=o.target.value||void 0;this.#p(),this.#e.show({...t,[r]:l})};return u`
      ${n||e.length<2?h:u`<select
            aria-label=${this.#t("connection")}
            @change=${o=>s(o,"connection")}
          >
            <option value="">${this.#t("all_connections")}</option>
            ${e.map(o=>u`<option
                  value=${o.config_entry_id}
                  ?selected=${o.config_entry_id===t.connection}
                >
                  ${o.title}
                </option>`)}
          </select>`}
      <select
        aria-label=${this.#t("state")}
        .value=${t.choice??""}
        @change=${o=>s(o,"choice")}
      >
        <option value="">${this.#t("all_states")}</option>
        ${H.map(o=>u`<option value=${o} ?selected=${o===t.choice}>
              ${this.#t(X(o))}
            </option>`)}
      </select>
    `}#f(e){let{rows:t,hasMore:n,loading:s}=this.#e,o=t.some(l=>l.delivery_id===this.#d)?this.#d:t[0]?.delivery_id,r="";return u`
      <ol @keydown=${this.#S} @focusin=${this.#E}>
        ${Ye(t,l=>l.delivery_id,l=>{let a=this.#_(e,l),c=a===r?h:u`<h3>${a}</h3>`;return r=a,u`<li class=${l.state}>
              ${c}${this.#g(e,l,l.delivery_id===o)}
            </li>`})}
      </ol>
      ${n?u`<button class="more" ?disabled=${s} @click=${()=>this.#e.more()}>
            ${this.#t(s?"loading":"more")}
          </button>`:h}
    `}#g(e,t,n){let s=t.delivery_id===this.#i,{connections:o,filter:r}=this.#e,l=o.find(c=>c.config_entry_id===t.config_entry_id)?.title??"",a=o.length>1&&r.connection===void 0;return u`
      ${dt({hass:e,row:t,open:s,tabbed:n,connection:a?l:void 0,toggle:()=>this.#b(t)})}
      ${s?ct({hass:e,row:t,connection:l,more:this.#o,asking:this.#r,busy:this.#a,ask:c=>this.#w(c),act:c=>{this.#A(t,c)}}):h}
    `}#_(e,t){let n=new Date,s=T(e,new Date(t.accepted_at));return s===T(e,n)?this.#t("today"):(n.setDate(n.getDate()-1),s===T(e,n)?this.#t("yesterday"):s)}#v(){let{ready:e,error:t,connections:n,filter:s}=this.#e;if(!e)return u`<p class="nothing">${t===void 0?this.#t("loading"):h}</p>`;if(n.length===0)return this.#u("mdi:lan-disconnect","no_connection_title","no_connection",()=>this.hass?.user?.is_admin?u`<a class="action" href=${qt}>${this.#t("add_connection")}</a>`:h);let{connection:o,state:r}=this.#s??{};return s.choice!==r||s.connection!==o?this.#u("mdi:filter-off-outline","no_match_title","no_match",()=>u`<button class="action" @click=${()=>this.#e.show({connection:o,choice:r})}>${this.#t("show_all")}</button>`):s.choice===void 0?this.#u("mdi:home-export-outline","empty_title","empty",()=>h):this.#u("mdi:check-circle-outline","no_match_title","no_match",()=>h)}#u(e,t,n,s){return u`<div class="empty">
      <ha-icon .icon=${e} aria-hidden="true"></ha-icon>
      <strong>${this.#t(t)}</strong>
      <p>${this.#t(n)}</p>
      ${s()}
    </div>`}#$(e){return u`<div class="failure" role="alert">
      <p>${this.#t("failed_to_load",{reason:e})}</p>
      <button class="action" @click=${()=>this.#e.reload()}>
        ${this.#t("again")}
      </button>
    </div>`}#b(e){if(this.#i===e.delivery_id){this.#p();return}this.#p(),this.#n="",this.#i=e.delivery_id,this.#x(e)}#p(){this.#i=this.#o=this.#r=void 0,this.requestUpdate()}async#x(e){let t="event_relay/deliveries/get",{hass:n}=this;try{if(n?.user?.is_admin){let s=await n.callWS({type:t,delivery_id:e.delivery_id});this.#i===e.delivery_id&&(this.#o=s)}}catch{}this.requestUpdate(),await this.updateComplete,this.renderRoot.querySelector(".details")?.scrollIntoView({block:"nearest"})}#w(e){this.#r=e,this.requestUpdate(),this.updateComplete.then(()=>{this.renderRoot.querySelector(".confirm .action, .actions .action")?.focus()})}async#A(e,t){let n={delivery_id:e.delivery_id};this.#a=!0,this.requestUpdate();try{if(t==="retry"){let s=e.unclear?{confirm:!0}:{};await this.hass?.callService("event_relay","retry_delivery",{...n,...s,wait:0})}else await this.hass?.callService("event_relay","discard_delivery",n);this.#n=this.#t(`done_${t}`)}catch(s){this.#n=Ae(s)}this.#a=!1,this.#r=void 0,this.requestUpdate(),await this.updateComplete,this.#y(e.delivery_id)}#y(e){for(let t of this.#m())t.dataset.id===e&&t.focus()}#m(){return[...this.renderRoot.querySelectorAll("button.row")]}#E(e){let{id:t}=e.target.dataset;t!==void 0&&t!==this.#d&&(this.#d=t,this.requestUpdate())}#S(e){if(e.key==="Escape"&&this.#i!==void 0){let r=this.#i;this.#p(),this.#y(r),e.stopPropagation();return}let t=this.#m(),n=t.indexOf(e.target);if(n<0)return;let s={ArrowDown:n+1,ArrowUp:n-1,Home:0,End:t.length-1},o=t[s[e.key]??-1];o!==void 0&&(o.focus(),e.preventDefault())}#t(e,t){return y(this.hass?.locale.language??"en",e,t)}};var ae="event-relay-card";customElements.get(ae)||(customElements.define(ae,re),window.customCards??=[],window.customCards.push({type:ae,name:"Event Relay",description:y(navigator.language,"description"),preview:!0,getEntitySuggestion:(i,e)=>{let{platform:t,device_id:n}=i.entities[e]??{};if(t!=="event_relay")return null;let s=n&&i.devices[n]?.primary_config_entry;return{config:{type:`custom:${ae}`,...s?{connection:s}:{}}}}}));
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
