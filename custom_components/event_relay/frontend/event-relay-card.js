/* sources 2201abb9715250c9b04c448b01de7e0c3f82c0edc445751f63f5f94505e8e4bb code 9b1c8f162383d9b319af3d784d2495d06c709c210d9ca4cc5beaed8fe230a88b */
var Y=globalThis,J=Y.ShadowRoot&&(Y.ShadyCSS===void 0||Y.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,S1=Symbol(),$1=new WeakMap,N=class{constructor(C,H,L){if(this._$cssResult$=!0,L!==S1)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=C,this.t=H}get styleSheet(){let C=this.o,H=this.t;if(J&&C===void 0){let L=H!==void 0&&H.length===1;L&&(C=$1.get(H)),C===void 0&&((this.o=C=new CSSStyleSheet).replaceSync(this.cssText),L&&$1.set(H,C))}return C}toString(){return this.cssText}},W1=V=>new N(typeof V=="string"?V:V+"",void 0,S1),c1=(V,...C)=>{let H=V.length===1?V[0]:C.reduce((L,M,r)=>L+(e=>{if(e._$cssResult$===!0)return e.cssText;if(typeof e=="number")return e;throw Error("Value passed to 'css' function must be a 'css' function result: "+e+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(M)+V[r+1],V[0]);return new N(H,V,S1)},I1=(V,C)=>{if(J)V.adoptedStyleSheets=C.map(H=>H instanceof CSSStyleSheet?H:H.styleSheet);else for(let H of C){let L=document.createElement("style"),M=Y.litNonce;M!==void 0&&L.setAttribute("nonce",M),L.textContent=H.cssText,V.appendChild(L)}},h1=J?V=>V:V=>V instanceof CSSStyleSheet?(C=>{let H="";for(let L of C.cssRules)H+=L.cssText;return W1(H)})(V):V;var{is:L5,defineProperty:M5,getOwnPropertyDescriptor:r5,getOwnPropertyNames:e5,getOwnPropertySymbols:t5,getPrototypeOf:i5}=Object,C1=globalThis,U1=C1.trustedTypes,o5=U1?U1.emptyScript:"",A5=C1.reactiveElementPolyfillSupport,$=(V,C)=>V,O1={toAttribute(V,C){switch(C){case Boolean:V=V?o5:null;break;case Object:case Array:V=V==null?V:JSON.stringify(V)}return V},fromAttribute(V,C){let H=V;switch(C){case Boolean:H=V!==null;break;case Number:H=V===null?null:Number(V);break;case Object:case Array:try{H=JSON.parse(V)}catch{H=null}}return H}},G1=(V,C)=>!L5(V,C),Q1={attribute:!0,type:String,converter:O1,reflect:!1,useDefault:!1,hasChanged:G1};Symbol.metadata??=Symbol("metadata"),C1.litPropertyMetadata??=new WeakMap;var u=class extends HTMLElement{static addInitializer(C){this._$Ei(),(this.l??=[]).push(C)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(C,H=Q1){if(H.state&&(H.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(C)&&((H=Object.create(H)).wrapped=!0),this.elementProperties.set(C,H),!H.noAccessor){let L=Symbol(),M=this.getPropertyDescriptor(C,L,H);M!==void 0&&M5(this.prototype,C,M)}}static getPropertyDescriptor(C,H,L){let{get:M,set:r}=r5(this.prototype,C)??{get(){return this[H]},set(e){this[H]=e}};return{get:M,set(e){let t=M?.call(this);r?.call(this,e),this.requestUpdate(C,t,L)},configurable:!0,enumerable:!0}}static getPropertyOptions(C){return this.elementProperties.get(C)??Q1}static _$Ei(){if(this.hasOwnProperty($("elementProperties")))return;let C=i5(this);C.finalize(),C.l!==void 0&&(this.l=[...C.l]),this.elementProperties=new Map(C.elementProperties)}static finalize(){if(this.hasOwnProperty($("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty($("properties"))){let H=this.properties,L=[...e5(H),...t5(H)];for(let M of L)this.createProperty(M,H[M])}let C=this[Symbol.metadata];if(C!==null){let H=litPropertyMetadata.get(C);if(H!==void 0)for(let[L,M]of H)this.elementProperties.set(L,M)}this._$Eh=new Map;for(let[H,L]of this.elementProperties){let M=this._$Eu(H,L);M!==void 0&&this._$Eh.set(M,H)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(C){let H=[];if(Array.isArray(C)){let L=new Set(C.flat(1/0).reverse());for(let M of L)H.unshift(h1(M))}else C!==void 0&&H.push(h1(C));return H}static _$Eu(C,H){let L=H.attribute;return L===!1?void 0:typeof L=="string"?L:typeof C=="string"?C.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(C=>this.enableUpdating=C),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(C=>C(this))}addController(C){(this._$EO??=new Set).add(C),this.renderRoot!==void 0&&this.isConnected&&C.hostConnected?.()}removeController(C){this._$EO?.delete(C)}_$E_(){let C=new Map,H=this.constructor.elementProperties;for(let L of H.keys())this.hasOwnProperty(L)&&(C.set(L,this[L]),delete this[L]);C.size>0&&(this._$Ep=C)}createRenderRoot(){let C=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return I1(C,this.constructor.elementStyles),C}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(C=>C.hostConnected?.())}enableUpdating(C){}disconnectedCallback(){this._$EO?.forEach(C=>C.hostDisconnected?.())}attributeChangedCallback(C,H,L){this._$AK(C,L)}_$ET(C,H){let L=this.constructor.elementProperties.get(C),M=this.constructor._$Eu(C,L);if(M!==void 0&&L.reflect===!0){let r=(L.converter?.toAttribute!==void 0?L.converter:O1).toAttribute(H,L.type);this._$Em=C,r==null?this.removeAttribute(M):this.setAttribute(M,r),this._$Em=null}}_$AK(C,H){let L=this.constructor,M=L._$Eh.get(C);if(M!==void 0&&this._$Em!==M){let r=L.getPropertyOptions(M),e=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:O1;this._$Em=M;let t=e.fromAttribute(H,r.type);this[M]=t??this._$Ej?.get(M)??t,this._$Em=null}}requestUpdate(C,H,L,M=!1,r){if(C!==void 0){let e=this.constructor;if(M===!1&&(r=this[C]),L??=e.getPropertyOptions(C),!((L.hasChanged??G1)(r,H)||L.useDefault&&L.reflect&&r===this._$Ej?.get(C)&&!this.hasAttribute(e._$Eu(C,L))))return;this.C(C,H,L)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(C,H,{useDefault:L,reflect:M,wrapped:r},e){L&&!(this._$Ej??=new Map).has(C)&&(this._$Ej.set(C,e??H??this[C]),r!==!0||e!==void 0)||(this._$AL.has(C)||(this.hasUpdated||L||(H=void 0),this._$AL.set(C,H)),M===!0&&this._$Em!==C&&(this._$Eq??=new Set).add(C))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(H){Promise.reject(H)}let C=this.scheduleUpdate();return C!=null&&await C,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[M,r]of this._$Ep)this[M]=r;this._$Ep=void 0}let L=this.constructor.elementProperties;if(L.size>0)for(let[M,r]of L){let{wrapped:e}=r,t=this[M];e!==!0||this._$AL.has(M)||t===void 0||this.C(M,void 0,r,t)}}let C=!1,H=this._$AL;try{C=this.shouldUpdate(H),C?(this.willUpdate(H),this._$EO?.forEach(L=>L.hostUpdate?.()),this.update(H)):this._$EM()}catch(L){throw C=!1,this._$EM(),L}C&&this._$AE(H)}willUpdate(C){}_$AE(C){this._$EO?.forEach(H=>H.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(C)),this.updated(C)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(C){return!0}update(C){this._$Eq&&=this._$Eq.forEach(H=>this._$ET(H,this[H])),this._$EM()}updated(C){}firstUpdated(C){}};u.elementStyles=[],u.shadowRootOptions={mode:"open"},u[$("elementProperties")]=new Map,u[$("finalized")]=new Map,A5?.({ReactiveElement:u}),(C1.reactiveElementVersions??=[]).push("2.1.2");var g1=globalThis,z1=V=>V,H1=g1.trustedTypes,K1=H1?H1.createPolicy("lit-html",{createHTML:V=>V}):void 0,k1="$lit$",S=`lit$${Math.random().toFixed(9).slice(2)}$`,y1="?"+S,a5=`<${y1}>`,w=document,I=()=>w.createComment(""),U=V=>V===null||typeof V!="object"&&typeof V!="function",w1=Array.isArray,C2=V=>w1(V)||typeof V?.[Symbol.iterator]=="function",f1=`[ 	
\f\r]`,W=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,q1=/-->/g,j1=/>/g,k=RegExp(`>|${f1}(?:([^\\s"'>=/]+)(${f1}*=${f1}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),X1=/'/g,Y1=/"/g,H2=/^(?:script|style|textarea|title)$/i,B1=V=>(C,...H)=>({_$litType$:V,strings:C,values:H}),a=B1(1),V2=B1(2),d3=B1(3),c=Symbol.for("lit-noChange"),m=Symbol.for("lit-nothing"),J1=new WeakMap,y=w.createTreeWalker(w,129);function L2(V,C){if(!w1(V)||!V.hasOwnProperty("raw"))throw Error("invalid template strings array");return K1!==void 0?K1.createHTML(C):C}var M2=(V,C)=>{let H=V.length-1,L=[],M,r=C===2?"<svg>":C===3?"<math>":"",e=W;for(let t=0;t<H;t++){let i=V[t],o,d,A=-1,n=0;for(;n<i.length&&(e.lastIndex=n,d=e.exec(i),d!==null);)n=e.lastIndex,e===W?d[1]==="!--"?e=q1:d[1]!==void 0?e=j1:d[2]!==void 0?(H2.test(d[2])&&(M=RegExp("</"+d[2],"g")),e=k):d[3]!==void 0&&(e=k):e===k?d[0]===">"?(e=M??W,A=-1):d[1]===void 0?A=-2:(A=e.lastIndex-d[2].length,o=d[1],e=d[3]===void 0?k:d[3]==='"'?Y1:X1):e===Y1||e===X1?e=k:e===q1||e===j1?e=W:(e=k,M=void 0);let p=e===k&&V[t+1].startsWith("/>")?" ":"";r+=e===W?i+a5:A>=0?(L.push(o),i.slice(0,A)+k1+i.slice(A)+S+p):i+S+(A===-2?t:p)}return[L2(V,r+(V[H]||"<?>")+(C===2?"</svg>":C===3?"</math>":"")),L]},Q=class V{constructor({strings:C,_$litType$:H},L){let M;this.parts=[];let r=0,e=0,t=C.length-1,i=this.parts,[o,d]=M2(C,H);if(this.el=V.createElement(o,L),y.currentNode=this.el.content,H===2||H===3){let A=this.el.content.firstChild;A.replaceWith(...A.childNodes)}for(;(M=y.nextNode())!==null&&i.length<t;){if(M.nodeType===1){if(M.hasAttributes())for(let A of M.getAttributeNames())if(A.endsWith(k1)){let n=d[e++],p=M.getAttribute(A).split(S),l=/([.?@])?(.*)/.exec(n);i.push({type:1,index:r,name:l[2],strings:p,ctor:l[1]==="."?L1:l[1]==="?"?M1:l[1]==="@"?r1:b}),M.removeAttribute(A)}else A.startsWith(S)&&(i.push({type:6,index:r}),M.removeAttribute(A));if(H2.test(M.tagName)){let A=M.textContent.split(S),n=A.length-1;if(n>0){M.textContent=H1?H1.emptyScript:"";for(let p=0;p<n;p++)M.append(A[p],I()),y.nextNode(),i.push({type:2,index:++r});M.append(A[n],I())}}}else if(M.nodeType===8)if(M.data===y1)i.push({type:2,index:r});else{let A=-1;for(;(A=M.data.indexOf(S,A+1))!==-1;)i.push({type:7,index:r}),A+=S.length-1}r++}}static createElement(C,H){let L=w.createElement("template");return L.innerHTML=C,L}};function B(V,C,H=V,L){if(C===c)return C;let M=L!==void 0?H._$Co?.[L]:H._$Cl,r=U(C)?void 0:C._$litDirective$;return M?.constructor!==r&&(M?._$AO?.(!1),r===void 0?M=void 0:(M=new r(V),M._$AT(V,H,L)),L!==void 0?(H._$Co??=[])[L]=M:H._$Cl=M),M!==void 0&&(C=B(V,M._$AS(V,C.values),M,L)),C}var V1=class{constructor(C,H){this._$AV=[],this._$AN=void 0,this._$AD=C,this._$AM=H}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(C){let{el:{content:H},parts:L}=this._$AD,M=(C?.creationScope??w).importNode(H,!0);y.currentNode=M;let r=y.nextNode(),e=0,t=0,i=L[0];for(;i!==void 0;){if(e===i.index){let o;i.type===2?o=new T(r,r.nextSibling,this,C):i.type===1?o=new i.ctor(r,i.name,i.strings,this,C):i.type===6&&(o=new e1(r,this,C)),this._$AV.push(o),i=L[++t]}e!==i?.index&&(r=y.nextNode(),e++)}return y.currentNode=w,M}p(C){let H=0;for(let L of this._$AV)L!==void 0&&(L.strings!==void 0?(L._$AI(C,L,H),H+=L.strings.length-2):L._$AI(C[H])),H++}},T=class V{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(C,H,L,M){this.type=2,this._$AH=m,this._$AN=void 0,this._$AA=C,this._$AB=H,this._$AM=L,this.options=M,this._$Cv=M?.isConnected??!0}get parentNode(){let C=this._$AA.parentNode,H=this._$AM;return H!==void 0&&C?.nodeType===11&&(C=H.parentNode),C}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(C,H=this){C=B(this,C,H),U(C)?C===m||C==null||C===""?(this._$AH!==m&&this._$AR(),this._$AH=m):C!==this._$AH&&C!==c&&this._(C):C._$litType$!==void 0?this.$(C):C.nodeType!==void 0?this.T(C):C2(C)?this.k(C):this._(C)}O(C){return this._$AA.parentNode.insertBefore(C,this._$AB)}T(C){this._$AH!==C&&(this._$AR(),this._$AH=this.O(C))}_(C){this._$AH!==m&&U(this._$AH)?this._$AA.nextSibling.data=C:this.T(w.createTextNode(C)),this._$AH=C}$(C){let{values:H,_$litType$:L}=C,M=typeof L=="number"?this._$AC(C):(L.el===void 0&&(L.el=Q.createElement(L2(L.h,L.h[0]),this.options)),L);if(this._$AH?._$AD===M)this._$AH.p(H);else{let r=new V1(M,this),e=r.u(this.options);r.p(H),this.T(e),this._$AH=r}}_$AC(C){let H=J1.get(C.strings);return H===void 0&&J1.set(C.strings,H=new Q(C)),H}k(C){w1(this._$AH)||(this._$AH=[],this._$AR());let H=this._$AH,L,M=0;for(let r of C)M===H.length?H.push(L=new V(this.O(I()),this.O(I()),this,this.options)):L=H[M],L._$AI(r),M++;M<H.length&&(this._$AR(L&&L._$AB.nextSibling,M),H.length=M)}_$AR(C=this._$AA.nextSibling,H){for(this._$AP?.(!1,!0,H);C!==this._$AB;){let L=z1(C).nextSibling;z1(C).remove(),C=L}}setConnected(C){this._$AM===void 0&&(this._$Cv=C,this._$AP?.(C))}},b=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(C,H,L,M,r){this.type=1,this._$AH=m,this._$AN=void 0,this.element=C,this.name=H,this._$AM=M,this.options=r,L.length>2||L[0]!==""||L[1]!==""?(this._$AH=Array(L.length-1).fill(new String),this.strings=L):this._$AH=m}_$AI(C,H=this,L,M){let r=this.strings,e=!1;if(r===void 0)C=B(this,C,H,0),e=!U(C)||C!==this._$AH&&C!==c,e&&(this._$AH=C);else{let t=C,i,o;for(C=r[0],i=0;i<r.length-1;i++)o=B(this,t[L+i],H,i),o===c&&(o=this._$AH[i]),e||=!U(o)||o!==this._$AH[i],o===m?C=m:C!==m&&(C+=(o??"")+r[i+1]),this._$AH[i]=o}e&&!M&&this.j(C)}j(C){C===m?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,C??"")}},L1=class extends b{constructor(){super(...arguments),this.type=3}j(C){this.element[this.name]=C===m?void 0:C}},M1=class extends b{constructor(){super(...arguments),this.type=4}j(C){this.element.toggleAttribute(this.name,!!C&&C!==m)}},r1=class extends b{constructor(C,H,L,M,r){super(C,H,L,M,r),this.type=5}_$AI(C,H=this){if((C=B(this,C,H,0)??m)===c)return;let L=this._$AH,M=C===m&&L!==m||C.capture!==L.capture||C.once!==L.once||C.passive!==L.passive,r=C!==m&&(L===m||M);M&&this.element.removeEventListener(this.name,this,L),r&&this.element.addEventListener(this.name,this,C),this._$AH=C}handleEvent(C){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,C):this._$AH.handleEvent(C)}},e1=class{constructor(C,H,L){this.element=C,this.type=6,this._$AN=void 0,this._$AM=H,this.options=L}get _$AU(){return this._$AM._$AU}_$AI(C){B(this,C)}},r2={M:k1,P:S,A:y1,C:1,L:M2,R:V1,D:C2,V:B,I:T,H:b,N:M1,U:r1,B:L1,F:e1},d5=g1.litHtmlPolyfillSupport;d5?.(Q,T),(g1.litHtmlVersions??=[]).push("3.3.3");var e2=(V,C,H)=>{let L=H?.renderBefore??C,M=L._$litPart$;if(M===void 0){let r=H?.renderBefore??null;L._$litPart$=M=new T(C.insertBefore(I(),r),r,void 0,H??{})}return M._$AI(V),M};var b1=globalThis,h=class extends u{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let C=super.createRenderRoot();return this.renderOptions.renderBefore??=C.firstChild,C}update(C){let H=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(C),this._$Do=e2(H,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return c}};h._$litElement$=!0,h.finalized=!0,b1.litElementHydrateSupport?.({LitElement:h});var p5=b1.litElementPolyfillSupport;p5?.({LitElement:h});(b1.litElementVersions??=[]).push("4.2.2");var t2={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},i2=V=>(...C)=>({_$litDirective$:V,values:C}),t1=class{constructor(C){}get _$AU(){return this._$AM._$AU}_$AT(C,H,L){this._$Ct=C,this._$AM=H,this._$Ci=L}_$AS(C,H){return this.update(C,H)}update(C,H){return this.render(...H)}};var{I:m5}=r2,o2=V=>V;var A2=()=>document.createComment(""),R=(V,C,H)=>{let L=V._$AA.parentNode,M=C===void 0?V._$AB:C._$AA;if(H===void 0){let r=L.insertBefore(A2(),M),e=L.insertBefore(A2(),M);H=new m5(r,e,V,V.options)}else{let r=H._$AB.nextSibling,e=H._$AM,t=e!==V;if(t){let i;H._$AQ?.(V),H._$AM=V,H._$AP!==void 0&&(i=V._$AU)!==e._$AU&&H._$AP(i)}if(r!==M||t){let i=H._$AA;for(;i!==r;){let o=o2(i).nextSibling;o2(L).insertBefore(i,M),i=o}}}return H},O=(V,C,H=V)=>(V._$AI(C,H),V),n5={},a2=(V,C=n5)=>V._$AH=C,d2=V=>V._$AH,i1=V=>{V._$AR(),V._$AA.remove()};var p2=(V,C,H)=>{let L=new Map;for(let M=C;M<=H;M++)L.set(V[M],M);return L},m2=i2(class extends t1{constructor(V){if(super(V),V.type!==t2.CHILD)throw Error("repeat() can only be used in text expressions")}dt(V,C,H){let L;H===void 0?H=C:C!==void 0&&(L=C);let M=[],r=[],e=0;for(let t of V)M[e]=L?L(t,e):e,r[e]=H(t,e),e++;return{values:r,keys:M}}render(V,C,H){return this.dt(V,C,H).values}update(V,[C,H,L]){let M=d2(V),{values:r,keys:e}=this.dt(C,H,L);if(!Array.isArray(M))return this.ut=e,r;let t=this.ut??=[],i=[],o,d,A=0,n=M.length-1,p=0,l=r.length-1;for(;A<=n&&p<=l;)if(M[A]===null)A++;else if(M[n]===null)n--;else if(t[A]===e[p])i[p]=O(M[A],r[p]),A++,p++;else if(t[n]===e[l])i[l]=O(M[n],r[l]),n--,l--;else if(t[A]===e[l])i[l]=O(M[A],r[l]),R(V,i[l+1],M[A]),A++,l--;else if(t[n]===e[p])i[p]=O(M[n],r[p]),R(V,M[A],M[n]),n--,p++;else if(o===void 0&&(o=p2(e,p,l),d=p2(t,A,n)),o.has(t[A]))if(o.has(t[n])){let x=d.get(e[p]),_=x!==void 0?M[x]:null;if(_===null){let N1=R(V,M[A]);O(N1,r[p]),i[p]=N1}else i[p]=O(_,r[p]),R(V,M[A],_),M[x]=null;p++}else i1(M[n]),n--;else i1(M[A]),A++;for(;p<=l;){let x=R(V,i[l+1]);O(x,r[p]),i[p++]=x}for(;A<=n;){let x=M[A++];x!==null&&i1(x)}return this.ut=e,a2(V,i),c}});var l5=["automation","script"];async function n2(V,C,H){if(C.subentry_id!==null&&H.origin_title!==null){let r=v2(V,C);return{name:H.origin_title,...r?{href:`/config/devices/device/${r}`}:{}}}let L=await v5(V,H);if(L!==void 0){let{domain:r,item_id:e,run_id:t}=L,i=x5(V,L);return{name:i&&V.states[i]?.attributes.friendly_name||e,trace:`/config/${r}/trace/${encodeURIComponent(e)}?run_id=${encodeURIComponent(t)}`}}let M=await Z5(V,C,H)??H.user;return M?{name:M}:void 0}function l2(V,C){let H=v2(V,C);if(C.settled_at===null||H===void 0)return;let L=C.subentry_id===null?"binary_sensor.":"switch.",M=Object.entries(V.entities).find(([t,{device_id:i}])=>i===H&&t.startsWith(L))?.[0];if(M===void 0)return;let r=Date.parse(C.settled_at);return`/logbook?${new URLSearchParams({entity_id:M,start_date:new Date(r-6e4).toISOString(),end_date:new Date(r+6e4).toISOString(),back:"1"})}`}function v2(V,C){return Object.entries(V.devices).find(([,H])=>H.config_entries_subentries?.[C.config_entry_id]?.includes(C.subentry_id))?.[0]}async function v5(V,{context_id:C}){if(C!==null)try{return(await V.callWS({type:"trace/contexts"}))[C]}catch{return}}function x5(V,{domain:C,item_id:H}){return Object.keys(V.states).find(L=>L.startsWith(`${C}.`)&&(L===`${C}.${H}`||V.states[L]?.attributes.id===H))}async function Z5(V,C,{context_id:H}){if(H===null)return;let L=Date.parse(C.accepted_at);try{let r=(await V.callWS({type:"logbook/get_events",start_time:new Date(L-864e5).toISOString(),end_time:new Date(L+864e5).toISOString(),context_id:H})).find(t=>l5.includes(t.domain??"")),e=r?.entity_id;return e&&V.states[e]?.attributes.friendly_name||r?.name}catch{return}}var x2=["pending","sending","uncertain","delivered","failed","expired","discarded"],f=["waiting","delivered","failed","expired","discarded"],P1=["pending","sending","uncertain"],o1=V=>V.state==="failed"||V.state==="expired"||V.state==="uncertain",Z2=V=>V.outcome_unknown&&(V.state==="failed"||V.state==="uncertain"),A1=V=>V.state==="pending"||V.state==="uncertain"||V.state==="failed",s5={retry:"retry_delivery",arrived:"mark_delivered",discard:"discard_delivery"};function a1(V,C,H){let L={delivery_id:H.delivery_id};return C==="retry"&&(L.wait=0),C==="retry"&&H.outcome_unknown&&(L.confirm=!0),V.callService("event_relay",s5[C],L,void 0,!1)}function G(V){return V===void 0?[]:V==="waiting"?P1:[V]}var u5={csv:"text/csv",json:"application/json"},S5=/^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/;function s2(V,C,H){let L=V.map(t=>c5(t,C)),M=H==="csv"?h5(L):JSON.stringify(L,void 0,2),r=URL.createObjectURL(new Blob([M],{type:`${u5[H]};charset=utf-8`})),e=document.createElement("a");e.href=r,e.download=`event-relay-${new Date().toISOString().slice(0,19).replaceAll(":","-")}.${H}`,e.click(),window.setTimeout(()=>URL.revokeObjectURL(r),6e4)}function c5(V,C){let H=C.find(M=>M.config_entry_id===V.config_entry_id),L=H?.subentries.find(M=>M.subentry_id===V.subentry_id);return{delivery_id:V.delivery_id,connection:H?.title??V.config_entry_id,state:V.state,outcome_unknown:V.outcome_unknown,operation:V.operation,summary:V.summary??"",origin:V.origin,asked_by:L?.title??"",occurred_at:V.occurred_at,accepted_at:V.accepted_at,settled_at:V.settled_at??"",attempts:V.attempts,outside_id:V.outside_id??"",error:V.error?.code??"",reason:V.error?.reason??"",warnings:V.warnings??[],links:V.links??{}}}function h5(V){let C=Object.keys(V[0]??{});return`\uFEFF${[C,...V.map(L=>C.map(M=>L[M]))].map(L=>L.map(O5).join(",")).join(`\r
`)}\r
`}function O5(V){if(typeof V=="number"||typeof V=="boolean")return String(V);let C=f5(V);return`"${(S5.test(C)?`'${C}`:C).replaceAll('"','""')}"`}function f5(V){return V==null?"":typeof V=="string"?V:Array.isArray(V)?V.join("; "):Object.values(V).join(" ")}var u2={title:"Deliveries",description:"Shows which deliveries arrived, are pending, or have failed",all_connections:"All connections",all_states:"All states",waiting:"Pending",state_pending:"Pending",state_paused:"Paused",state_sending:"Sending",state_uncertain:"Checking outcome",state_delivered:"Delivered",state_failed:"Failed",state_expired:"Expired",state_discarded:"Discarded",connection:"Connection",state:"State",card_title:"Title",show:"Show",today:"Today",yesterday:"Yesterday",attempts:"{count} attempts",late:"{duration} late",waiting_for:"pending for {duration}",paused_since:"{reason}, since {time}",outcome_unknown:"outcome unknown",next_try:"next attempt {when}",next_try_now:"next attempt now",what:"Operation",happened:"Occurred at",ended:"Finished at",ended_after:"{time} ({duration} after it occurred)",next:"Next attempt",expires:"Expires",attempted:"Attempts",asked_by:"Requested by",trace:"Show trace",id:"Delivery ID",copy:"Copy",copied:"Delivery ID copied.",not_copied:"The browser could not copy it. Select the ID and copy it by hand.",origin_action:"An action",origin_rule:"A rule",origin_mirror:"A mirror",origin_test:"A test",test:"Test",outside_id:"ID in the other system",error:"Reason",warning:"Warning",links:"Links",link_event:"Event",link_snapshot:"Snapshot",link_clip:"Clip",link_review:"Review",link_qr_code:"QR code",retry:"Retry",check:"Look up now",arrived:"Mark as delivered",discard:"Discard",cancel:"Cancel",confirm_retry:"It may have arrived already. Event Relay looks it up first. If that is not possible, it may arrive twice.",confirm_retry_yes:"Retry",confirm_arrived:"Have you seen it in the other system? It is then marked as delivered.",confirm_arrived_yes:"Mark as delivered",confirm_discard:"It will not be delivered.",confirm_discard_yes:"Discard",done_retry:"Retrying.",done_arrived:"Marked as delivered.",done_discard:"Discarded.",search:"Search",rule:"Rule or mirror",all_rules:"All rules and mirrors",span:"Time",any_time:"Any time",span_hour:"Last hour",span_day:"Last 24 hours",span_week:"Last 7 days",counted:"{name} ({count})",shown:"Actions for the deliveries shown",shown_count:"Deliveries shown: {count}",shown_partly:"Deliveries shown: the newest {count}",retry_shown:"Retry",discard_shown:"Discard",export_csv:"Export as CSV",export_json:"Export as JSON",confirm_retry_shown:"Failed or expired deliveries to retry: {count}. Those with an unknown outcome are left as they are.",confirm_discard_shown:"Pending or failed deliveries to discard: {count}. They will not be delivered. Those with an unknown outcome are left as they are.",nothing_to_retry:"None of the deliveries shown can be retried.",nothing_to_discard:"None of the deliveries shown can be discarded.",progress:"{done} of {count}",all_done:"Done: {count}.",partly_done:"Done: {done} of {count}. {reason}",searching:"Searching…",loading:"Loading…",empty_title:"Nothing delivered yet",empty:"Add a rule, or use an action of Event Relay in an automation. Deliveries appear here.",add_rule:"Add rule",no_connection_title:"No system connected yet",no_connection:"Event Relay delivers events to other systems. Connect one first.",add_connection:"Connect a system",no_match_title:"No matching deliveries",no_match:"No delivery matches the search and the filters above.",show_all:"Show all",rows:"Height in rows",compact:"Compact rows",failed_to_load:"The deliveries cannot be shown: {reason}",again:"Try again"};var d1=V=>V==="waiting"?V:`state_${V}`;function v(V,C,H={}){return V?.localize(`component.event_relay.common.card_${C}`,H)||u2[C].replace(/\{(\w+)\}/g,(L,M)=>H[M]??L)}var K=()=>document.querySelector("home-assistant")?.hass,T1=V=>`⁨${V}⁩`;function q(V,C,H,L){return V.localize(`component.event_relay.${C}`,L)||H}var S2=V=>typeof V=="object"&&V!==null?V:{};function z(V){let{message:C,error:H}=S2(V);return C!==void 0?String(C):H===void 0?String(V):z(H)}async function F(V,C){let{translation_domain:H,translation_key:L,translation_placeholders:M}=S2(C);return V===void 0||H!=="event_relay"?z(C):(await V.loadBackendTranslation("exceptions",H).catch(()=>V.localize))(`component.${H}.exceptions.${L}.message`,M)||z(C)}var Z=V=>(C,H)=>v(V,C,H),D=V=>{let C=V.replaceAll("_"," ");return C.charAt(0).toUpperCase()+C.slice(1)};var k5=[["day",86400],["hour",3600],["minute",60],["second",1]];function y5({locale:V,config:C}){let H={};return V.time_zone==="server"&&(H.timeZone=C.time_zone),V.time_format==="12"&&(H.hour12=!0),V.time_format==="24"&&(H.hourCycle="h23"),H}var c2=new Map;function R1(V,C,H){let L={...y5(V),...H},M=V.locale.time_format==="system"?void 0:V.locale.language,r=JSON.stringify([M,L]),e=c2.get(r);return e===void 0&&(e=new Intl.DateTimeFormat(M,L),c2.set(r,e)),e.format(C)}var O2=(V,C)=>R1(V,C,{hour:"numeric",minute:"2-digit"}),P=(V,C)=>R1(V,C,{weekday:"long",day:"numeric",month:"long",year:"numeric"}),E=(V,C)=>R1(V,C,{dateStyle:"medium",timeStyle:"medium"});function f2(V){let C=Math.abs(V);for(let[H,L]of k5)if(C>=L)return[Math.round(V/L),H];return[Math.round(V),"second"]}var h2=new Map;function s(V,C){let{language:H}=V.locale,L=h2.get(H);return L===void 0&&(L=new Intl.NumberFormat(H),h2.set(H,L)),L.format(C)}function j(V,C){let[H,L]=f2(Math.max(0,C));return new Intl.NumberFormat(V.locale.language,{style:"unit",unit:L,unitDisplay:"short"}).format(H)}function g2(V,C){let[H,L]=f2(C);return new Intl.RelativeTimeFormat(V.locale.language,{style:"short"}).format(H,L)}var w5=1e4,B5=1e3,b5=4,P5={retry:o1,discard:A1},p1=class{open=!1;#H;#C=!1;#V;#M;#L;constructor(C,H,L){this.#V=C,this.#M=H,this.#L=L,C.addController(this)}hostDisconnected(){this.close()}close(){this.open=!1,this.#H=void 0}toggle(){let{open:C}=this;this.close(),this.open=!C,this.#V.requestUpdate()}render(C){if(!this.open)return m;let H=Z(C);if(this.#H!==void 0)return this.#e(C);let L=s(C,this.#M.rows.length),M=C.user?.is_admin?["retry","discard"]:[],r=(e,t)=>a`<button class="action" ?disabled=${this.#C} @click=${t}>${H(e)}</button>`;return a`<div class="confirm" role="group" aria-label=${H("shown")}>
      <p>${H(this.#M.hasMore?"shown_partly":"shown_count",{count:L})}</p>
      ${M.map(e=>r(`${e}_shown`,()=>this.#i(C,e)))}
      ${["csv","json"].map(e=>r(`export_${e}`,()=>this.#A(e)))}
    </div>`}#e(C){let H=Z(C),{deed:L,rows:M}=this.#H;return a`<div class="confirm" role="group" aria-label=${H(`${L}_shown`)}>
      <p>${H(`confirm_${L}_shown`,{count:s(C,M.length)})}</p>
      <button
        class="action"
        ?disabled=${this.#C}
        @click=${()=>{this.#H=void 0,this.#V.requestUpdate()}}
      >
        ${H("cancel")}
      </button>
      <button
        class="action strong"
        ?disabled=${this.#C}
        @click=${()=>this.#a(C,L,M)}
      >
        ${H(`${L}_shown`)}
      </button>
    </div>`}async#i(C,H){let M=(await this.#r(this.#M.upTo(B5))).filter(r=>P5[H](r)&&!r.outcome_unknown);M.length===0?this.#L(Z(C)(`nothing_to_${H}`)):this.#H={deed:H,rows:M},this.#V.requestUpdate()}async#A(C){let H=await this.#r(this.#M.upTo(w5));s2(H,this.#M.connections,C)}async#a(C,H,L){let M=Z(C),r=s(C,L.length),e=[...L],t=0,i="",o=async()=>{for(let d=e.shift();d!==void 0;d=e.shift())try{await a1(C,H,d),t+=1,this.#L(M("progress",{done:s(C,t),count:r}))}catch(A){i=await F(C,A)}};await this.#r(Promise.all(Array.from({length:b5},o))),this.close(),this.#L(i===""?M("all_done",{count:r}):M("partly_done",{done:s(C,t),count:r,reason:i}))}async#r(C){this.#C=!0,this.#V.requestUpdate();try{return await C}finally{this.#C=!1,this.#V.requestUpdate()}}};async function k2(V){try{return await navigator.clipboard.writeText(V),!0}catch{}let C=document.createElement("textarea");C.value=V,C.style.position="fixed",C.style.opacity="0",document.body.append(C),C.select();let H=document.execCommand("copy");return C.remove(),H}var y2="M11,15H13V17H11V15M11,7H13V13H11V7M12,2C6.47,2 2,6.5 2,12A10,10 0 0,0 12,22A10,10 0 0,0 22,12A10,10 0 0,0 12,2M12,20A8,8 0 0,1 4,12A8,8 0 0,1 12,4A8,8 0 0,1 20,12A8,8 0 0,1 12,20Z";var w2="M12 2C17.5 2 22 6.5 22 12S17.5 22 12 22 2 17.5 2 12 6.5 2 12 2M12 4C10.1 4 8.4 4.6 7.1 5.7L18.3 16.9C19.3 15.5 20 13.8 20 12C20 7.6 16.4 4 12 4M16.9 18.3L5.7 7.1C4.6 8.4 4 10.1 4 12C4 16.4 7.6 20 12 20C13.9 20 15.6 19.4 16.9 18.3Z";var F1="M12 2C6.5 2 2 6.5 2 12S6.5 22 12 22 22 17.5 22 12 17.5 2 12 2M12 20C7.59 20 4 16.41 4 12S7.59 4 12 4 20 7.59 20 12 16.41 20 12 20M16.59 7.58L10 14.17L7.41 11.59L6 13L10 17L18 9L16.59 7.58Z";var B2="M12,20A8,8 0 0,0 20,12A8,8 0 0,0 12,4A8,8 0 0,0 4,12A8,8 0 0,0 12,20M12,2A10,10 0 0,1 22,12A10,10 0 0,1 12,22C6.47,22 2,17.5 2,12A10,10 0 0,1 12,2M12.5,7V12.25L17,14.92L16.25,16.15L11,13V7H12.5Z";var b2="M12,16A2,2 0 0,1 14,18A2,2 0 0,1 12,20A2,2 0 0,1 10,18A2,2 0 0,1 12,16M12,10A2,2 0 0,1 14,12A2,2 0 0,1 12,14A2,2 0 0,1 10,12A2,2 0 0,1 12,10M12,4A2,2 0 0,1 14,6A2,2 0 0,1 12,8A2,2 0 0,1 10,6A2,2 0 0,1 12,4Z";var P2="M2.39 1.73L1.11 3L9 10.89V15.87C8.96 16.16 9.06 16.47 9.29 16.7L13.3 20.71C13.69 21.1 14.32 21.1 14.71 20.71C14.94 20.5 15.04 20.18 15 19.88V16.89L20.84 22.73L22.11 21.46L15 14.35V14.34L13 12.35L11 10.34L4.15 3.5L2.39 1.73M6.21 3L8.2 5H16.96L13.11 9.91L15 11.8V10.75L19.79 4.62C20.13 4.19 20.05 3.56 19.62 3.22C19.43 3.08 19.22 3 19 3H6.21M11 12.89L13 14.89V17.58L11 15.58V12.89Z";var T2="M11,18H13V16H11V18M12,2A10,10 0 0,0 2,12A10,10 0 0,0 12,22A10,10 0 0,0 22,12A10,10 0 0,0 12,2M12,20C7.59,20 4,16.41 4,12C4,7.59 7.59,4 12,4C16.41,4 20,7.59 20,12C20,16.41 16.41,20 12,20M12,6A4,4 0 0,0 8,10H10A2,2 0 0,1 12,8A2,2 0 0,1 14,10C14,12 11,11.75 11,15H13C13,12.75 16,12.5 16,10A4,4 0 0,0 12,6Z";var R2="M24 13L20 17V14H11V12H20V9L24 13M4 20V12H1L11 3L18 9.3V10H15.79L11 5.69L6 10.19V18H16V16H18V20H4Z";var F2="M4,1C2.89,1 2,1.89 2,3V7C2,8.11 2.89,9 4,9H1V11H13V9H10C11.11,9 12,8.11 12,7V3C12,1.89 11.11,1 10,1H4M4,3H10V7H4V3M14,13C12.89,13 12,13.89 12,15V19C12,20.11 12.89,21 14,21H11V23H23V21H20C21.11,21 22,20.11 22,19V15C22,13.89 21.11,13 20,13H14M3.88,13.46L2.46,14.88L4.59,17L2.46,19.12L3.88,20.54L6,18.41L8.12,20.54L9.54,19.12L7.41,17L9.54,14.88L8.12,13.46L6,15.59L3.88,13.46M14,15H20V19H14V15Z";var D2="M13,16V8H15V16H13M9,16V8H11V16H9M12,2A10,10 0 0,1 22,12A10,10 0 0,1 12,22A10,10 0 0,1 2,12A10,10 0 0,1 12,2M12,4A8,8 0 0,0 4,12A8,8 0 0,0 12,20A8,8 0 0,0 20,12A8,8 0 0,0 12,4Z";var E2="M4 6.03L11.5 9.25L4 8.25L4 6.03M11.5 14.75L4 17.97V15.75L11.5 14.75M2 3L2 10L17 12L2 14L2 21L23 12L2 3Z";var _2="M12,20A7,7 0 0,1 5,13C5,11.72 5.35,10.5 5.95,9.5L15.5,19.04C14.5,19.65 13.28,20 12,20M3,4L1.75,5.27L4.5,8.03C3.55,9.45 3,11.16 3,13A9,9 0 0,0 12,22C13.84,22 15.55,21.45 17,20.5L19.5,23L20.75,21.73L13.04,14L3,4M11,9.44L13,11.44V8H11M15,1H9V3H15M19.04,4.55L17.62,5.97C16.07,4.74 14.12,4 12,4C10.17,4 8.47,4.55 7.05,5.5L8.5,6.94C9.53,6.35 10.73,6 12,6A7,7 0 0,1 19,13C19,14.27 18.65,15.47 18.06,16.5L19.5,17.94C20.45,16.53 21,14.83 21,13C21,10.88 20.26,8.93 19.03,7.39L20.45,5.97L19.04,4.55Z";var N2={pending:B2,sending:E2,uncertain:T2,delivered:F1,failed:y2,expired:_2,discarded:w2},g={menu:b2,noConnection:F2,noMatch:P2,nothingYet:R2,paused:D2,allWell:F1},X=V=>V2`<svg class="drawn" viewBox="0 0 24 24" aria-hidden="true"><path d=${V}></path></svg>`;var $2=60;function D1(V,C){if(!(V.state!=="pending"&&V.state!=="uncertain"))return C?.paused?C.paused:V.paused===null?void 0:{reason:V.paused,since:null}}var E1=(V,{reason:C})=>q(V,`common.reason_${C}`,D(C)),m1=(V,C)=>q(V,`services.${C.operation}.name`,D(C.operation)),n1=(V,C)=>((C===null?Date.now():Date.parse(C))-Date.parse(V))/1e3;function I2({hass:V,row:C,open:H,tabbed:L,connection:M,several:r,toggle:e}){let t=new Date(C.occurred_at),i=D1(C,M),o=i!==void 0&&C.state==="pending",d=[v(V,o?"state_paused":`state_${C.state}`),...F5(V,C,i),...C.summary?[m1(V,C)]:[],...r&&M!==void 0?[M.title]:[]],A=P(V,t)===P(V,new Date(C.accepted_at));return a`<button
    class="row"
    data-id=${C.delivery_id}
    tabindex=${L?0:-1}
    aria-expanded=${H?"true":"false"}
    @click=${e}
  >
    ${X(o?g.paused:N2[C.state])}
    <span class="what">
      ${C.origin==="test"?T5(V):m}<span class="summary" dir="auto">${C.summary||m1(V,C)}</span
      ><span class="unseen">, </span
      ><span class="notes"
        >${d.map((n,p)=>a`${p?R5:m}<bdi class=${p?"":"state"}>${n}</bdi>`)}</span
      >
    </span>
    ${C.picture?_1(C.picture,""):m}
    <span class="unseen">, </span>
    <time datetime=${C.occurred_at} title=${E(V,t)}
      >${A?O2(V,t):E(V,t)}</time
    >
  </button>`}var _1=(V,C)=>a`<img
    class="thumbnail"
    src=${V}
    alt=${C}
    loading="lazy"
    @load=${H=>W2(H,!1)}
    @error=${H=>W2(H,!0)}
  />`;function W2(V,C){V.target.hidden=C}var T5=V=>a`<span class="badge">${v(V,"test")}</span><span class="unseen">, </span>`,R5=a`<span aria-hidden="true"> · </span><span class="unseen">, </span>`;function F5(V,C,H){let L=Z(V),M=H===void 0?[]:[E1(V,H)];C.outcome_unknown&&C.state==="failed"&&M.push(L("outcome_unknown")),C.state==="failed"&&C.error?.reason&&M.push(C.error.reason);let r=n1(C.occurred_at,C.settled_at);if(P1.includes(C.state)){if(r>=$2&&M.push(L("waiting_for",{duration:j(V,r)})),H===void 0&&C.attempts>0&&C.due_at!==null){let e=-n1(C.due_at,null);M.push(e<1?L("next_try_now"):L("next_try",{when:g2(V,e)}))}}else C.state==="delivered"&&r>=$2&&M.push(L("late",{duration:j(V,r)}));return C.attempts>1&&M.push(L("attempts",{count:s(V,C.attempts)})),M}function U2(V){let C=Z(V.hass),{picture:H}=V.row;return a`<div class="details">
    ${H?_1(H,C("link_snapshot")):m}
    <dl>
      ${D5(V).filter(([,L])=>L).map(([L,M])=>a`<div>
              <dt>${C(L)}</dt>
              <dd>${M}</dd>
            </div>`)}
    </dl>
    ${V.hass.user?.is_admin?U5(V):m}
  </div>`}function D5(V){let{hass:C,row:H,connection:L,copy:M}=V,r=Z(C),e=A=>A===null?void 0:E(C,new Date(A)),t=e(H.settled_at),i=n1(H.occurred_at,H.settled_at),o=H.settled_at===null,d=D1(H,L);return[["what",a`<bdi>${m1(C,H)}</bdi>`],["error",$5(V)],["happened",e(H.occurred_at)],["ended",t&&i>=1?r("ended_after",{time:t,duration:j(C,i)}):t],["attempted",H.attempts?s(C,H.attempts):void 0],["state_paused",d&&E5(C,d)],["next",o&&d===void 0?e(H.due_at):void 0],["expires",o?e(H.expires_at):void 0],["asked_by",_5(V)],["id",a`<code dir="ltr">${H.delivery_id}</code>
        <button class="link" @click=${M}>
          ${r("copy")}<span class="unseen"> ${r("id")}</span>
        </button>`],["outside_id",H.outside_id?a`<code dir="ltr">${H.outside_id}</code>`:void 0],...(H.warnings??[]).map(A=>["warning",a`<bdi>${A}</bdi>`]),["links",W5(C,H)]]}function E5(V,C){let H=E1(V,C);return C.since===null?H:v(V,"paused_since",{reason:H,time:E(V,new Date(C.since))})}function _5({hass:V,row:C,more:H,asker:L}){let M=Z(V),r=M(`origin_${C.origin}`),e=L?.name??H?.origin_title;if(!e)return a`${r}`;let t=a`<bdi>${e}</bdi>`;return a`${r}:
  ${L?.href?a`<a href=${L.href}>${t}</a>`:t}
  ${L?.trace?a` <a href=${L.trace}>${M("trace")}</a>`:m}`}var N5=new Set(["outcome_unknown","sent_elsewhere"]);function $5({hass:V,row:C,connection:H}){if(C.error===null||C.state==="delivered"||C.state==="discarded"&&N5.has(C.error.code))return;let{code:L,reason:M}=C.error,r={connection:T1(H?.title??""),reason:T1(M||D(L))},e=q(V,`exceptions.${L}.message`,r.reason,r);return a`<bdi>${e}</bdi>`}function W5(V,C){let H=Object.entries(C.links??{}).filter(([,M])=>/^https?:\/\//i.test(M)),L=l2(V,C);if(!(H.length===0&&L===void 0))return a`${H.map(([M,r])=>a`<a href=${r} target="_blank" rel="noopener noreferrer">${I5(V,M)}</a> `)}${L?a`<a href=${L}>${V.localize("panel.logbook")}</a>`:m}`}function I5(V,C){let L=["event","snapshot","clip","review","qr_code"].find(M=>M===C);return L?Z(V)(`link_${L}`):D(C)}function U5(V){let{hass:C,row:H,asking:L,busy:M,ask:r,act:e}=V,t=Z(C);if(L!==void 0)return a`<div class="confirm" role="group" aria-label=${t(`confirm_${L}_yes`)}>
      <p>${t(`confirm_${L}`)}</p>
      <button class="action" ?disabled=${M} @click=${()=>r(void 0)}>
        ${t("cancel")}
      </button>
      <button class="action strong" ?disabled=${M} @click=${()=>e(L)}>
        ${t(`confirm_${L}_yes`)}
      </button>
    </div>`;let i=H.outcome_unknown&&H.state!=="uncertain",o=()=>i?r("retry"):e("retry"),d=H.state==="uncertain"?"check":"retry",n=[[o1(H),d,o],[Z2(H),"arrived",()=>r("arrived")],[A1(H),"discard",()=>r("discard")]].filter(([p])=>p).map(([,p,l])=>a`<button class="action" ?disabled=${M} @click=${l}>${t(p)}</button>`);return n.length>0?a`<div class="actions">${n}</div>`:m}var l1={hour:3600,day:86400,week:604800},Q2=V=>V in l1,G2=(V,C)=>["connection","choice","rule","span","words"].every(H=>V[H]===C[H]),z2=V=>Date.now()-l1[V]*1e3;function K2({connection:V,choice:C,rule:H,span:L,words:M}){let r=G(C);return{...V===void 0?{}:{config_entry_id:[V]},...r.length===0?{}:{state:r},...H===void 0?{}:{subentry_id:[H]},...L===void 0?{}:{since:new Date(z2(L)).toISOString()},...M?{search:M}:{}}}function q2({connection:V,choice:C,rule:H,span:L,words:M},r){let e=G(C);return(V===void 0||r.config_entry_id===V)&&(e.length===0||e.includes(r.state))&&(H===void 0||r.subentry_id===H)&&(L===void 0||Date.parse(r.accepted_at)>=z2(L))&&(!M||Q5(r,M))}function Q5(V,C){let H=[V.delivery_id,V.summary,V.outside_id,V.error?.reason].filter(L=>L).join(`
`).toLowerCase();return C.toLowerCase().split(/\s+/).every(L=>H.includes(L))}var G5=50,j2=200,z5=2e3,K5=["unknown_command",3],q5=3e3,j5=2e3,v1=class{rows=[];connections=[];counts;filter={};ready=!1;loading=!1;error;#H=null;#C;#V;#M;#L;#e;#i;#A=[];#a=!1;#r=0;#t;constructor(C){this.#t=C,C.addController(this)}get hasMore(){return this.#H!==null}set hass(C){this.#C=C,this.#t.isConnected&&this.#d(C.connection)}hostConnected(){this.#C!==void 0&&this.#d(this.#C.connection)}hostDisconnected(){this.#V?.removeEventListener("ready",this.#p),this.#V=void 0,window.clearTimeout(this.#L),window.clearTimeout(this.#e),this.#e=void 0,this.#M?.(),this.#M=void 0}show(C){this.filter=C,this.rows=[],this.#H=null,this.ready=!1,this.reload()}async reload(){let{length:C}=this.rows,H=this.rows.at(-1)?.sequence;await this.#x(Math.min(Math.max(C,G5),j2),null,H,L=>{this.rows=L,this.ready=!0})}more(){return this.#i!==void 0?this.#i:this.#H===null?Promise.resolve(!0):this.#x(j2,this.#H,void 0,C=>{let H=this.rows.at(-1)?.sequence??1/0,L=C.filter(M=>M.sequence<H);L.length>0&&(this.rows=[...this.rows,...L])})}async upTo(C){for(;this.rows.length<C&&(this.loading||this.hasMore)&&await this.more(););return this.rows.slice(0,C)}#x(C,H,L,M){let r=this.#C;return r===void 0?Promise.resolve(!1):(this.#i=this.#Z(r,C,H,L,M),this.#i)}async#Z(C,H,L,M,r){let e=++this.#r,t=[],i=L,{connections:o}=this;this.loading=!0,this.#A=[];try{do{let d=await C.callWS({type:"event_relay/deliveries/list",limit:H,...i===null?{}:{before:i},...K2(this.filter)});if(e!==this.#r)return!0;o=d.connections,t.push(...d.deliveries),i=d.before}while(i!==null&&i>(M??i)&&t.length<z5)}catch(d){return e!==this.#r?!0:(this.#m(),this.#n(d),!1)}return this.#m(),this.connections=o,this.error=void 0,this.#H=i,r(t),this.#S(this.#A),this.#t.requestUpdate(),!0}#m(){this.loading=!1,this.#i=void 0}#s(C){this.#e??=window.setTimeout(async()=>{this.#e=void 0;try{this.counts=await this.#C?.callWS({type:"event_relay/deliveries/count"})}catch{this.counts=void 0}this.#t.requestUpdate()},C)}#d(C){this.#V!==C&&(this.hostDisconnected(),this.#V=C,C.addEventListener("ready",this.#p),this.#p())}#p=()=>{let C=this.#V;if(C===void 0)return;window.clearTimeout(this.#L),this.#M?.();let H=!1;this.#a=!1;let L=C.subscribeMessage(M=>{H||this.#g(M)},{type:"event_relay/deliveries/subscribe"},{resubscribe:!1});this.#M=()=>{H=!0,L.then(M=>M()).catch(()=>{})},L.catch(M=>{H||(this.#n(M),this.#L=window.setTimeout(this.#p,q5))}),this.reload()};#n(C){let H=K5.includes(X2(C));H&&(this.#H=null),this.error=H?void 0:z(C),this.#t.requestUpdate(),H||this.#u(C)}async#u(C){let H=this.#r,L=await F(this.#C,C);H===this.#r&&(this.error=L,this.#t.requestUpdate())}#g(C){if("anew"in C){(this.#a||!this.loading)&&this.reload(),this.#a=!0,this.#s(0);return}this.#s(j5),this.loading&&this.#A.push(...C.deliveries),this.ready&&(this.#S(C.deliveries),this.#t.requestUpdate())}#S(C){if(C.length===0)return;let H=this.#H??0,L=[...this.rows];for(let M of C){let r=X5(L,M.sequence),e=L[r]?.sequence===M.sequence?1:0;q2(this.filter,M)&&M.sequence>=H?L.splice(r,e,M):L.splice(r,e)}this.rows=L}};function X5(V,C){let[H,L]=[0,V.length];for(;H<L;){let M=H+L>>1;(V[M]?.sequence??0)>C?H=M+1:L=M}return H}function X2(V){return typeof V!="object"||V===null?V:"code"in V?V.code:"error"in V?X2(V.error):void 0}var Y5={title:"card_title",connection:"connection",state:"show",rows:"rows",compact:"compact"},Y2=V=>v(K(),V),J2=()=>({schema:[{name:"title",selector:{text:{}}},{name:"connection",selector:{config_entry:{integration:"event_relay"}}},{name:"state",selector:{select:{mode:"dropdown",options:f.map(V=>({value:V,label:Y2(d1(V))}))}}},{name:"rows",selector:{number:{min:3,max:100,mode:"box"}}},{name:"compact",selector:{boolean:{}}}],computeLabel:({name:V})=>{let C=Y5[V];return C===void 0?V:Y2(C)}});var C5=c1`
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
    gap: 4px 16px;
    align-items: center;
    padding: 12px 16px 8px;
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
    flex: 1 1 100%;
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
    flex: 1 1 100%;
  }
  select {
    flex: 1 1 7em;
  }
  .icon {
    flex: none;
    width: 36px;
    height: 36px;
    margin-inline-start: auto;
    margin-inline-end: -8px;
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
    /* Not one of a list to be numbered, and of no weight for the others' layout. */
    display: block;
    contain: layout style;
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
  /* By a class: what :has() means for others is found at each row that comes or goes. */
  .last .row::before {
    inset-block-end: 50%;
  }
  .last h3 + .row::before {
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
  .compact [aria-expanded="true"] .what {
    display: block;
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
  .last .details::before {
    display: none;
  }
  .drawn {
    width: 24px;
    height: 24px;
    fill: currentColor;
  }
  .row .drawn {
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
  .thumbnail {
    flex: none;
    align-self: center;
    width: 60px;
    height: 40px;
    border-radius: 4px;
    object-fit: cover;
  }
  .compact .row .thumbnail {
    width: 42px;
    height: 28px;
  }
  .details .thumbnail {
    display: block;
    width: auto;
    max-width: 100%;
    height: auto;
    max-height: 270px;
    margin-block-end: 8px;
  }
  .thumbnail[hidden] {
    display: none;
  }
  .badge {
    float: inline-start;
    flex: none;
    margin-inline-end: 8px;
    padding-inline: 6px;
    border: 1px solid var(--primary-color);
    border-radius: 9px;
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.4;
  }
  .summary {
    display: block;
    overflow: hidden;
    text-align: left;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  /* Not by the direction of the text itself. */
  :host(:dir(rtl)) .summary {
    text-align: right;
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
    clear: inline-start; /* Below the badge, however low the lines are. */
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
  .empty .drawn {
    display: block;
    width: 48px;
    height: 48px;
    margin: 0 auto 12px;
    color: var(--secondary-text-color);
  }
  .empty p {
    max-width: 40ch;
    margin: 8px auto 16px;
    color: var(--secondary-text-color);
  }
  /* By the card's own width: four in a row would be cut off in most columns. */
  @container (max-width: 640px) {
    .filters select {
      flex: 1 1 40%;
    }
  }
  /* A phone's, or a narrow column's. */
  @container (max-width: 400px) {
    .details {
      padding-inline-start: 52px;
    }
    dl > div {
      grid-template-columns: 1fr;
      gap: 0;
    }
  }
`;function V5(V){let{hass:C,filter:H,connections:L,fixed:M,choose:r,search:e}=V,t=o=>v(C,o),i=J5(V);return a`
    <input
      type="search"
      maxlength="200"
      aria-label=${t("search")}
      placeholder=${t("search")}
      .value=${H.words??""}
      @input=${o=>e(o.target.value)}
    />
    ${M||L.length<2?m:x1(t("connection"),t("all_connections"),L.map(o=>({value:o.config_entry_id,label:H5(V,o.title,o.config_entry_id,H.choice)})),H.connection,o=>r({connection:o,rule:void 0}))}
    ${x1(t("state"),t("all_states"),f.map(o=>({value:o,label:H5(V,t(d1(o)),H.connection,o)})),H.choice,o=>r({choice:f.find(d=>d===o)}))}
    ${i.length===0?m:x1(t("rule"),t("all_rules"),i,H.rule,o=>r({rule:o}))}
    ${x1(t("span"),t("any_time"),Object.keys(l1).map(o=>({value:o,label:t(`span_${o}`)})),H.span,o=>r({span:o!==void 0&&Q2(o)?o:void 0}))}
  `}function x1(V,C,H,L,M){return a`<select aria-label=${V} .value=${L??""} @change=${e=>M(e.target.value||void 0)}>
    <option value="">${C}</option>
    ${H.map(({value:e,label:t})=>a`<option value=${e} dir="auto" ?selected=${e===L}>${t}</option>`)}
  </select>`}function J5({connections:V,filter:C}){let H=V.filter(L=>C.connection===void 0||L.config_entry_id===C.connection);return H.flatMap(L=>L.subentries.map(({subentry_id:M,title:r})=>({value:M,label:H.length>1?`${r} · ${L.title}`:r})))}function H5({hass:V,counts:C},H,L,M){if(C===void 0)return H;let r=G(M),e=r.length===0?x2:r,[t,i]=[0,""];for(let[d,A]of Object.entries(C.counts))if(!(L!==void 0&&d!==L))for(let n of e)t+=A[n]??0,(A[n]??0)>=C.most&&(i="+");let o=s(V,t)+i;return v(V,"counted",{name:H,count:o})}var Z1=class{usual=60;#H=[];#C=[];#V=new Float64Array(1);#M={first:0,end:0,above:0,below:0};#L;#e;constructor(C){this.#e=C,C.addController(this)}view(C){return this.#A(C),this.#M=this.#r(),this.#M}scrolled=()=>{let{first:C,end:H}=this.#r();(C!==this.#M.first||H!==this.#M.end)&&this.#e.requestUpdate()};get nearEnd(){return this.#M.end+8>=this.#H.length}reveal(C){let H=this.#i,[L,M]=[this.#V[C],this.#V[C+1]];if(H===null||L===void 0||M===void 0)return;let r=M-L>H.clientHeight;L<H.scrollTop||r?H.scrollTop=L:M>H.scrollTop+H.clientHeight&&(H.scrollTop=M-H.clientHeight)}hostDisconnected(){this.#L?.disconnect(),this.#L=void 0}hostUpdated(){let C=this.#i;if(C===null)return;this.#L===void 0&&(this.#L=new ResizeObserver(this.scrolled),this.#L.observe(C));let H=1/0;for(let e of C.querySelectorAll("[data-index]")){let t=Number(e.dataset.index),i=e.offsetHeight;i===0||t>=this.#H.length||this.#C[t]===i||(this.#C[t]=i,H=Math.min(H,t))}if(H===1/0)return;this.#a(H);let{above:L,below:M}=this.#M,r=this.#r();(r.above!==L||r.below!==M)&&this.#e.requestUpdate()}get#i(){return this.#e.renderRoot.querySelector(".body")}#A(C){if(C===this.#H)return;let H=this.#H,L=Math.min(H.length,C.length),M=(i,o)=>i?.delivery_id===o?.delivery_id,r=0;for(;r<L&&M(H[r],C[r]);)r++;let e=0;for(;e<L-r&&M(H.at(-1-e),C.at(-1-e));)e++;let t=new Map(H.slice(r,H.length-e).map((i,o)=>[i.delivery_id,this.#C[r+o]]));this.#C=this.#C.slice(0,r).concat(C.slice(r,C.length-e).map(i=>t.get(i.delivery_id)??this.usual),this.#C.slice(H.length-e)),this.#H=C,this.#a(r)}#a(C){let{length:H}=this.#C;if(this.#V.length<=H){let L=new Float64Array(2*H+1);L.set(this.#V),this.#V=L}for(let L=C;L<H;L++)this.#V[L+1]=this.#V[L]+this.#C[L]}#r(){let{length:C}=this.#H,H=this.#i,L=H?.scrollTop??0,M=Math.max(0,this.#t(L)-8),r=Math.min(C,this.#t(L+(H?.clientHeight||600))+1+8),e=this.#V[C];return{first:M,end:r,above:this.#V[M],below:e-this.#V[r]}}#t(C){let[H,L]=[0,Math.max(0,this.#H.length-1)];for(;H<L;){let M=H+L+1>>1;this.#V[M]<=C?H=M:L=M-1}return H}};var C3=15e3,H3=250,V3=60,L3=40,M3="/config/integrations/dashboard/add?domain=event_relay",r3="/config/integrations/integration/event_relay",e3="event_relay_delivery",t3="event_relay_rule",s1=class extends h{static styles=C5;static properties={hass:{attribute:!1}};#H;#C=new v1(this);#V=new Z1(this);#M=new p1(this,this.#C,C=>{this.#r=C,this.requestUpdate()});#L;#e;#i;#A;#a=!1;#r="";#t;#x;#Z;#m=-1;#s;#d=null;#p=null;#n=null;static getConfigForm=J2;static getStubConfig(){return{}}setConfig(C){if(C.state!==void 0&&!f.includes(C.state))throw new Error(`state must be one of ${f.join(", ")}`);this.#H=C,this.#V.usual=C.compact?L3:V3,this.#C.show(this.#c),this.#d=this.#p=null,this.#v(),this.requestUpdate()}getCardSize(){return 8}getGridOptions(){return{columns:12,min_columns:4,rows:8,min_rows:4}}connectedCallback(){super.connectedCallback(),this.#x=window.setInterval(()=>this.requestUpdate(),C3),window.addEventListener("location-changed",this.#v),window.addEventListener("popstate",this.#v),this.#v()}disconnectedCallback(){super.disconnectedCallback(),window.clearInterval(this.#x),window.clearTimeout(this.#Z),window.removeEventListener("location-changed",this.#v),window.removeEventListener("popstate",this.#v)}shouldUpdate(C){let H=C.get("hass");return C.size!==1||H===void 0||this.hass===void 0?!0:H.localize!==this.hass.localize||H.locale!==this.hass.locale||H.user!==this.hass.user||H.connection!==this.hass.connection}willUpdate(C){let H=this.shadowRoot?.activeElement?.closest("li[data-index]");this.#m=H?Number(H.dataset.index):-1,this.#s=H?.querySelector("button.row")?.dataset.id,!(!C.has("hass")||this.hass===void 0)&&(this.#C.hass=this.hass,C.get("hass")===void 0&&this.#u("common","services"))}#u(...C){for(let H of C)this.hass?.loadBackendTranslation(H,"event_relay").catch(()=>{})}updated(){let{rows:C,hasMore:H,loading:L,error:M}=this.#C;if(H&&!L&&M===void 0&&this.#V.nearEnd&&this.#C.more(),this.#D(),this.#F(),this.#m<0||this.shadowRoot?.activeElement||C.some(e=>e.delivery_id===this.#s))return;let r=C[Math.min(this.#m,C.length-1)];r!==void 0&&this.#f(r.delivery_id,{preventScroll:!0})}render(){let{hass:C}=this;if(C===void 0||this.#H===void 0)return m;let{rows:H,compact:L}=this.#H,M=this.#H.title??this.#o("title"),r=H===void 0?"":`block-size: ${H*this.#V.usual}px`,e=this.#V.view(this.#C.rows);return a`
      <ha-card class=${L?"compact":""}>
        <div class="head">
          ${M?a`<h2><bdi>${M}</bdi></h2>`:m}
          ${this.#S()}
          <div class="filters">${this.#g(C)}</div>
        </div>
        ${this.#M.render(C)}
        <div class="said" role="status">${this.#r}</div>
        ${this.#C.error===void 0?m:this.#T(this.#C.error)}
        <div class="body" style=${r} @scroll=${this.#V.scrolled}>
          ${this.#C.rows.length>0?this.#B(C,e):this.#P()}
        </div>
      </ha-card>
    `}#g(C){let{connections:H,counts:L,filter:M}=this.#C;return V5({hass:C,filter:M,connections:H,counts:L,fixed:this.#H?.connection!==void 0,choose:r=>this.#l({...M,...r}),search:r=>{window.clearTimeout(this.#Z),this.#Z=window.setTimeout(()=>{this.#l({...this.#C.filter,words:r.trim()||void 0})},H3)}})}#S(){return this.#C.rows.length===0?m:a`<button
      class="icon"
      aria-label=${this.#o("shown")}
      title=${this.#o("shown")}
      aria-expanded=${this.#M.open?"true":"false"}
      @click=${()=>this.#M.toggle()}
    >
      ${X(g.menu)}
    </button>`}get#c(){return{connection:this.#H?.connection,choice:this.#H?.state}}#l(C){this.#O(),this.#M.close(),this.#r="",this.#C.show(C)}#B(C,{first:H,end:L,above:M,below:r}){let{rows:e,hasMore:t}=this.#C,i=e.slice(H,L),o=i.some(p=>p.delivery_id===this.#t)?this.#t:i[0]?.delivery_id,d=e.slice(H,L+1).map(p=>this.#y(C,p)),A=e[H-1],n=A===void 0?"":this.#y(C,A);return a`
      <div class="space" style="block-size: ${M}px"></div>
      <ol role="list" @keydown=${this.#W} @focusin=${this.#$}>
        ${m2(i,p=>p.delivery_id,(p,l)=>{let x=d[l],_=x===(d[l-1]??n)?m:a`<h3>${x}</h3>`;return a`<li
              class="${p.state} ${x===d[l+1]?"":"last"}"
              data-index=${H+l}
              aria-posinset=${H+l+1}
              aria-setsize=${t?-1:e.length}
            >
              ${_}${this.#b(C,p,p.delivery_id===o)}
            </li>`})}
      </ol>
      <div class="space" style="block-size: ${r}px"></div>
      ${t?a`<p class="nothing">${this.#o(this.#k)}</p>`:m}
    `}get#k(){let{words:C,rule:H,span:L}=this.#C.filter;return C||H||L?"searching":"loading"}#b(C,H,L){let M=H.delivery_id===this.#L,{connections:r,filter:e}=this.#C,t=r.find(o=>o.config_entry_id===H.config_entry_id),i=r.length>1&&e.connection===void 0;return a`
      ${I2({hass:C,row:H,open:M,tabbed:L,connection:t,several:i,toggle:()=>this.#w(H)})}
      ${M?U2({hass:C,row:H,connection:t,more:this.#e,asker:this.#i,asking:this.#A,busy:this.#a,ask:o=>this.#_(o),act:o=>{this.#N(H,o)},copy:()=>{this.#E(H.delivery_id)}}):m}
    `}#y(C,H){let L=new Date,M=P(C,new Date(H.accepted_at));return M===P(C,L)?this.#o("today"):(L.setDate(L.getDate()-1),M===P(C,L)?this.#o("yesterday"):M)}#P(){let{ready:C,hasMore:H,error:L,connections:M,filter:r}=this.#C;if(!C||H){let t=this.#o(this.#k);return a`<p class="nothing">${L===void 0?t:m}</p>`}let e=(t,i)=>this.hass?.user?.is_admin?a`<a class="action" href=${t}>${this.#o(i)}</a>`:m;return M.length===0?this.#h(g.noConnection,"no_connection_title","no_connection",()=>e(M3,"add_connection")):G2(r,this.#c)?r.choice===void 0?this.#h(g.nothingYet,"empty_title","empty",()=>e(r3,"add_rule")):this.#h(g.allWell,"no_match_title","no_match",()=>m):this.#h(g.noMatch,"no_match_title","no_match",()=>a`<button class="action" @click=${()=>this.#l(this.#c)}>${this.#o("show_all")}</button>`)}#h(C,H,L,M){return a`<div class="empty">
      ${X(C)}
      <strong>${this.#o(H)}</strong>
      <p>${this.#o(L)}</p>
      ${M()}
    </div>`}#T(C){return a`<div class="failure" role="alert">
      <p>${this.#o("failed_to_load",{reason:C})}</p>
      <button class="action" @click=${()=>this.#C.reload()}>
        ${this.#o("again")}
      </button>
    </div>`}#w(C){if(this.#L===C.delivery_id){this.#O();return}this.#O(),this.#r="",this.#L=C.delivery_id,this.#u("exceptions"),this.#R(C)}#O(){this.#L=this.#e=this.#i=this.#A=void 0,this.requestUpdate()}async#R(C){let H="event_relay/deliveries/get",{hass:L}=this;try{if(L?.user?.is_admin){let e=await L.callWS({type:H,delivery_id:C.delivery_id});this.#L===C.delivery_id&&(this.#e=e)}}catch{}this.requestUpdate(),await this.updateComplete,this.#V.reveal(this.#C.rows.findIndex(e=>e.delivery_id===C.delivery_id));let M=this.#e;if(L===void 0||M===void 0||this.#L!==C.delivery_id)return;let r=await n2(L,C,M);this.#e===M&&(this.#i=r),this.requestUpdate()}#v=()=>{let C=new URLSearchParams(window.location.search),[H,L]=[C.get(e3),C.get(t3)];if(this.#H===void 0||H===this.#d&&L===this.#p)return;this.#d=H,this.#p=L,this.#n=null;let{connection:M}=this.#H;H!==null?this.#l({connection:M,words:H}):L!==null&&this.#l({connection:M,rule:L})};#F(){let{filter:C,ready:H,hasMore:L,rows:M,connections:r}=this.#C,e=this.#H?.connection;if(e===void 0||!H||L||M.length>0)return;let t=r.find(i=>i.config_entry_id===e);if(C.rule!==void 0&&C.rule===this.#p){if(t?.subentries.some(i=>i.subentry_id===C.rule))return}else if(C.words===void 0||C.words!==this.#d)return;this.#l(this.#c)}#D(){let{filter:C,rows:H}=this.#C,[L]=H;L===void 0||L.delivery_id!==this.#d||this.#L!==void 0||C.words===this.#d&&this.#n!==this.#d&&(this.#n=this.#d,this.#w(L))}async#E(C){this.#r=this.#o(await k2(C)?"copied":"not_copied"),this.requestUpdate()}#_(C){this.#A=C,this.requestUpdate(),this.updateComplete.then(()=>{this.renderRoot.querySelector(".confirm .action, .actions .action")?.focus()})}async#N(C,H){this.#a=!0,this.requestUpdate();try{this.hass!==void 0&&await a1(this.hass,H,C),this.#r=this.#o(`done_${H}`)}catch(L){this.#r=await F(this.hass,L)}this.#a=!1,this.#A=void 0,this.requestUpdate(),await this.updateComplete,this.#f(C.delivery_id)}#f(C,H){for(let L of this.renderRoot.querySelectorAll("button.row"))L.dataset.id===C&&L.focus(H)}#$(C){let{id:H}=C.target.dataset;H!==void 0&&H!==this.#t&&(this.#t=H,this.requestUpdate())}#W(C){if(C.key==="Escape"&&this.#L!==void 0){let t=this.#L;this.#O(),this.#f(t),C.stopPropagation();return}let{rows:H}=this.#C,L=Number(C.target.closest("li")?.dataset.index);if(!C.target.matches("button.row"))return;let r={ArrowDown:L+1,ArrowUp:L-1,Home:0,End:H.length-1}[C.key]??-1,e=H[r];e!==void 0&&(C.preventDefault(),this.#V.reveal(r),this.#t=e.delivery_id,this.requestUpdate(),this.updateComplete.then(()=>this.#f(e.delivery_id)))}#o(C,H){return v(this.hass,C,H)}};var u1="event-relay-card";customElements.get(u1)||(customElements.define(u1,s1),K()?.loadBackendTranslation("common","event_relay").catch(()=>{}),window.customCards??=[],window.customCards.push({type:u1,name:"Event Relay",get description(){return v(K(),"description")},preview:!0,getEntitySuggestion:(V,C)=>{let{platform:H,device_id:L}=V.entities[C]??{};if(H!=="event_relay")return null;let M=L&&V.devices[L]?.primary_config_entry;return{config:{type:`custom:${u1}`,...M?{connection:M}:{}}}}}));
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
