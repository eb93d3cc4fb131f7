/* sources 08c287f6524d6d1a8381ab7f2511dcf5c28174c6d32a250ea0ea35efe50bff3c code 95247d5bda9a77b3a2a052d5e4e99e315960d6bb2b290d6fce9e0e8a20b5e825 */
var j=globalThis,X=j.ShadowRoot&&(j.ShadyCSS===void 0||j.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,u1=Symbol(),E1=new WeakMap,D=class{constructor(C,H,V){if(this._$cssResult$=!0,V!==u1)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=C,this.t=H}get styleSheet(){let C=this.o,H=this.t;if(X&&C===void 0){let V=H!==void 0&&H.length===1;V&&(C=E1.get(H)),C===void 0&&((this.o=C=new CSSStyleSheet).replaceSync(this.cssText),V&&E1.set(H,C))}return C}toString(){return this.cssText}},_1=L=>new D(typeof L=="string"?L:L+"",void 0,u1),S1=(L,...C)=>{let H=L.length===1?L[0]:C.reduce((V,M,r)=>V+(e=>{if(e._$cssResult$===!0)return e.cssText;if(typeof e=="number")return e;throw Error("Value passed to 'css' function must be a 'css' function result: "+e+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(M)+L[r+1],L[0]);return new D(H,L,u1)},N1=(L,C)=>{if(X)L.adoptedStyleSheets=C.map(H=>H instanceof CSSStyleSheet?H:H.styleSheet);else for(let H of C){let V=document.createElement("style"),M=j.litNonce;M!==void 0&&V.setAttribute("nonce",M),V.textContent=H.cssText,L.appendChild(V)}},c1=X?L=>L:L=>L instanceof CSSStyleSheet?(C=>{let H="";for(let V of C.cssRules)H+=V.cssText;return _1(H)})(L):L;var{is:Y2,defineProperty:J2,getOwnPropertyDescriptor:C5,getOwnPropertyNames:H5,getOwnPropertySymbols:V5,getPrototypeOf:L5}=Object,Y=globalThis,$1=Y.trustedTypes,M5=$1?$1.emptyScript:"",r5=Y.reactiveElementPolyfillSupport,E=(L,C)=>L,h1={toAttribute(L,C){switch(C){case Boolean:L=L?M5:null;break;case Object:case Array:L=L==null?L:JSON.stringify(L)}return L},fromAttribute(L,C){let H=L;switch(C){case Boolean:H=L!==null;break;case Number:H=L===null?null:Number(L);break;case Object:case Array:try{H=JSON.parse(L)}catch{H=null}}return H}},I1=(L,C)=>!Y2(L,C),W1={attribute:!0,type:String,converter:h1,reflect:!1,useDefault:!1,hasChanged:I1};Symbol.metadata??=Symbol("metadata"),Y.litPropertyMetadata??=new WeakMap;var s=class extends HTMLElement{static addInitializer(C){this._$Ei(),(this.l??=[]).push(C)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(C,H=W1){if(H.state&&(H.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(C)&&((H=Object.create(H)).wrapped=!0),this.elementProperties.set(C,H),!H.noAccessor){let V=Symbol(),M=this.getPropertyDescriptor(C,V,H);M!==void 0&&J2(this.prototype,C,M)}}static getPropertyDescriptor(C,H,V){let{get:M,set:r}=C5(this.prototype,C)??{get(){return this[H]},set(e){this[H]=e}};return{get:M,set(e){let t=M?.call(this);r?.call(this,e),this.requestUpdate(C,t,V)},configurable:!0,enumerable:!0}}static getPropertyOptions(C){return this.elementProperties.get(C)??W1}static _$Ei(){if(this.hasOwnProperty(E("elementProperties")))return;let C=L5(this);C.finalize(),C.l!==void 0&&(this.l=[...C.l]),this.elementProperties=new Map(C.elementProperties)}static finalize(){if(this.hasOwnProperty(E("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(E("properties"))){let H=this.properties,V=[...H5(H),...V5(H)];for(let M of V)this.createProperty(M,H[M])}let C=this[Symbol.metadata];if(C!==null){let H=litPropertyMetadata.get(C);if(H!==void 0)for(let[V,M]of H)this.elementProperties.set(V,M)}this._$Eh=new Map;for(let[H,V]of this.elementProperties){let M=this._$Eu(H,V);M!==void 0&&this._$Eh.set(M,H)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(C){let H=[];if(Array.isArray(C)){let V=new Set(C.flat(1/0).reverse());for(let M of V)H.unshift(c1(M))}else C!==void 0&&H.push(c1(C));return H}static _$Eu(C,H){let V=H.attribute;return V===!1?void 0:typeof V=="string"?V:typeof C=="string"?C.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(C=>this.enableUpdating=C),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(C=>C(this))}addController(C){(this._$EO??=new Set).add(C),this.renderRoot!==void 0&&this.isConnected&&C.hostConnected?.()}removeController(C){this._$EO?.delete(C)}_$E_(){let C=new Map,H=this.constructor.elementProperties;for(let V of H.keys())this.hasOwnProperty(V)&&(C.set(V,this[V]),delete this[V]);C.size>0&&(this._$Ep=C)}createRenderRoot(){let C=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return N1(C,this.constructor.elementStyles),C}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(C=>C.hostConnected?.())}enableUpdating(C){}disconnectedCallback(){this._$EO?.forEach(C=>C.hostDisconnected?.())}attributeChangedCallback(C,H,V){this._$AK(C,V)}_$ET(C,H){let V=this.constructor.elementProperties.get(C),M=this.constructor._$Eu(C,V);if(M!==void 0&&V.reflect===!0){let r=(V.converter?.toAttribute!==void 0?V.converter:h1).toAttribute(H,V.type);this._$Em=C,r==null?this.removeAttribute(M):this.setAttribute(M,r),this._$Em=null}}_$AK(C,H){let V=this.constructor,M=V._$Eh.get(C);if(M!==void 0&&this._$Em!==M){let r=V.getPropertyOptions(M),e=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:h1;this._$Em=M;let t=e.fromAttribute(H,r.type);this[M]=t??this._$Ej?.get(M)??t,this._$Em=null}}requestUpdate(C,H,V,M=!1,r){if(C!==void 0){let e=this.constructor;if(M===!1&&(r=this[C]),V??=e.getPropertyOptions(C),!((V.hasChanged??I1)(r,H)||V.useDefault&&V.reflect&&r===this._$Ej?.get(C)&&!this.hasAttribute(e._$Eu(C,V))))return;this.C(C,H,V)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(C,H,{useDefault:V,reflect:M,wrapped:r},e){V&&!(this._$Ej??=new Map).has(C)&&(this._$Ej.set(C,e??H??this[C]),r!==!0||e!==void 0)||(this._$AL.has(C)||(this.hasUpdated||V||(H=void 0),this._$AL.set(C,H)),M===!0&&this._$Em!==C&&(this._$Eq??=new Set).add(C))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(H){Promise.reject(H)}let C=this.scheduleUpdate();return C!=null&&await C,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[M,r]of this._$Ep)this[M]=r;this._$Ep=void 0}let V=this.constructor.elementProperties;if(V.size>0)for(let[M,r]of V){let{wrapped:e}=r,t=this[M];e!==!0||this._$AL.has(M)||t===void 0||this.C(M,void 0,r,t)}}let C=!1,H=this._$AL;try{C=this.shouldUpdate(H),C?(this.willUpdate(H),this._$EO?.forEach(V=>V.hostUpdate?.()),this.update(H)):this._$EM()}catch(V){throw C=!1,this._$EM(),V}C&&this._$AE(H)}willUpdate(C){}_$AE(C){this._$EO?.forEach(H=>H.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(C)),this.updated(C)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(C){return!0}update(C){this._$Eq&&=this._$Eq.forEach(H=>this._$ET(H,this[H])),this._$EM()}updated(C){}firstUpdated(C){}};s.elementStyles=[],s.shadowRootOptions={mode:"open"},s[E("elementProperties")]=new Map,s[E("finalized")]=new Map,r5?.({ReactiveElement:s}),(Y.reactiveElementVersions??=[]).push("2.1.2");var f1=globalThis,U1=L=>L,J=f1.trustedTypes,Q1=J?J.createPolicy("lit-html",{createHTML:L=>L}):void 0,g1="$lit$",u=`lit$${Math.random().toFixed(9).slice(2)}$`,k1="?"+u,e5=`<${k1}>`,k=document,N=()=>k.createComment(""),$=L=>L===null||typeof L!="object"&&typeof L!="function",y1=Array.isArray,X1=L=>y1(L)||typeof L?.[Symbol.iterator]=="function",O1=`[ 	
\f\r]`,_=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,G1=/-->/g,z1=/>/g,f=RegExp(`>|${O1}(?:([^\\s"'>=/]+)(${O1}*=${O1}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),K1=/'/g,q1=/"/g,Y1=/^(?:script|style|textarea|title)$/i,w1=L=>(C,...H)=>({_$litType$:L,strings:C,values:H}),a=w1(1),J1=w1(2),e3=w1(3),S=Symbol.for("lit-noChange"),d=Symbol.for("lit-nothing"),j1=new WeakMap,g=k.createTreeWalker(k,129);function C2(L,C){if(!y1(L)||!L.hasOwnProperty("raw"))throw Error("invalid template strings array");return Q1!==void 0?Q1.createHTML(C):C}var H2=(L,C)=>{let H=L.length-1,V=[],M,r=C===2?"<svg>":C===3?"<math>":"",e=_;for(let t=0;t<H;t++){let i=L[t],o,p,A=-1,n=0;for(;n<i.length&&(e.lastIndex=n,p=e.exec(i),p!==null);)n=e.lastIndex,e===_?p[1]==="!--"?e=G1:p[1]!==void 0?e=z1:p[2]!==void 0?(Y1.test(p[2])&&(M=RegExp("</"+p[2],"g")),e=f):p[3]!==void 0&&(e=f):e===f?p[0]===">"?(e=M??_,A=-1):p[1]===void 0?A=-2:(A=e.lastIndex-p[2].length,o=p[1],e=p[3]===void 0?f:p[3]==='"'?q1:K1):e===q1||e===K1?e=f:e===G1||e===z1?e=_:(e=f,M=void 0);let m=e===f&&L[t+1].startsWith("/>")?" ":"";r+=e===_?i+e5:A>=0?(V.push(o),i.slice(0,A)+g1+i.slice(A)+u+m):i+u+(A===-2?t:m)}return[C2(L,r+(L[H]||"<?>")+(C===2?"</svg>":C===3?"</math>":"")),V]},W=class L{constructor({strings:C,_$litType$:H},V){let M;this.parts=[];let r=0,e=0,t=C.length-1,i=this.parts,[o,p]=H2(C,H);if(this.el=L.createElement(o,V),g.currentNode=this.el.content,H===2||H===3){let A=this.el.content.firstChild;A.replaceWith(...A.childNodes)}for(;(M=g.nextNode())!==null&&i.length<t;){if(M.nodeType===1){if(M.hasAttributes())for(let A of M.getAttributeNames())if(A.endsWith(g1)){let n=p[e++],m=M.getAttribute(A).split(u),l=/([.?@])?(.*)/.exec(n);i.push({type:1,index:r,name:l[2],strings:m,ctor:l[1]==="."?H1:l[1]==="?"?V1:l[1]==="@"?L1:w}),M.removeAttribute(A)}else A.startsWith(u)&&(i.push({type:6,index:r}),M.removeAttribute(A));if(Y1.test(M.tagName)){let A=M.textContent.split(u),n=A.length-1;if(n>0){M.textContent=J?J.emptyScript:"";for(let m=0;m<n;m++)M.append(A[m],N()),g.nextNode(),i.push({type:2,index:++r});M.append(A[n],N())}}}else if(M.nodeType===8)if(M.data===k1)i.push({type:2,index:r});else{let A=-1;for(;(A=M.data.indexOf(u,A+1))!==-1;)i.push({type:7,index:r}),A+=u.length-1}r++}}static createElement(C,H){let V=k.createElement("template");return V.innerHTML=C,V}};function y(L,C,H=L,V){if(C===S)return C;let M=V!==void 0?H._$Co?.[V]:H._$Cl,r=$(C)?void 0:C._$litDirective$;return M?.constructor!==r&&(M?._$AO?.(!1),r===void 0?M=void 0:(M=new r(L),M._$AT(L,H,V)),V!==void 0?(H._$Co??=[])[V]=M:H._$Cl=M),M!==void 0&&(C=y(L,M._$AS(L,C.values),M,V)),C}var C1=class{constructor(C,H){this._$AV=[],this._$AN=void 0,this._$AD=C,this._$AM=H}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(C){let{el:{content:H},parts:V}=this._$AD,M=(C?.creationScope??k).importNode(H,!0);g.currentNode=M;let r=g.nextNode(),e=0,t=0,i=V[0];for(;i!==void 0;){if(e===i.index){let o;i.type===2?o=new b(r,r.nextSibling,this,C):i.type===1?o=new i.ctor(r,i.name,i.strings,this,C):i.type===6&&(o=new M1(r,this,C)),this._$AV.push(o),i=V[++t]}e!==i?.index&&(r=g.nextNode(),e++)}return g.currentNode=k,M}p(C){let H=0;for(let V of this._$AV)V!==void 0&&(V.strings!==void 0?(V._$AI(C,V,H),H+=V.strings.length-2):V._$AI(C[H])),H++}},b=class L{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(C,H,V,M){this.type=2,this._$AH=d,this._$AN=void 0,this._$AA=C,this._$AB=H,this._$AM=V,this.options=M,this._$Cv=M?.isConnected??!0}get parentNode(){let C=this._$AA.parentNode,H=this._$AM;return H!==void 0&&C?.nodeType===11&&(C=H.parentNode),C}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(C,H=this){C=y(this,C,H),$(C)?C===d||C==null||C===""?(this._$AH!==d&&this._$AR(),this._$AH=d):C!==this._$AH&&C!==S&&this._(C):C._$litType$!==void 0?this.$(C):C.nodeType!==void 0?this.T(C):X1(C)?this.k(C):this._(C)}O(C){return this._$AA.parentNode.insertBefore(C,this._$AB)}T(C){this._$AH!==C&&(this._$AR(),this._$AH=this.O(C))}_(C){this._$AH!==d&&$(this._$AH)?this._$AA.nextSibling.data=C:this.T(k.createTextNode(C)),this._$AH=C}$(C){let{values:H,_$litType$:V}=C,M=typeof V=="number"?this._$AC(C):(V.el===void 0&&(V.el=W.createElement(C2(V.h,V.h[0]),this.options)),V);if(this._$AH?._$AD===M)this._$AH.p(H);else{let r=new C1(M,this),e=r.u(this.options);r.p(H),this.T(e),this._$AH=r}}_$AC(C){let H=j1.get(C.strings);return H===void 0&&j1.set(C.strings,H=new W(C)),H}k(C){y1(this._$AH)||(this._$AH=[],this._$AR());let H=this._$AH,V,M=0;for(let r of C)M===H.length?H.push(V=new L(this.O(N()),this.O(N()),this,this.options)):V=H[M],V._$AI(r),M++;M<H.length&&(this._$AR(V&&V._$AB.nextSibling,M),H.length=M)}_$AR(C=this._$AA.nextSibling,H){for(this._$AP?.(!1,!0,H);C!==this._$AB;){let V=U1(C).nextSibling;U1(C).remove(),C=V}}setConnected(C){this._$AM===void 0&&(this._$Cv=C,this._$AP?.(C))}},w=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(C,H,V,M,r){this.type=1,this._$AH=d,this._$AN=void 0,this.element=C,this.name=H,this._$AM=M,this.options=r,V.length>2||V[0]!==""||V[1]!==""?(this._$AH=Array(V.length-1).fill(new String),this.strings=V):this._$AH=d}_$AI(C,H=this,V,M){let r=this.strings,e=!1;if(r===void 0)C=y(this,C,H,0),e=!$(C)||C!==this._$AH&&C!==S,e&&(this._$AH=C);else{let t=C,i,o;for(C=r[0],i=0;i<r.length-1;i++)o=y(this,t[V+i],H,i),o===S&&(o=this._$AH[i]),e||=!$(o)||o!==this._$AH[i],o===d?C=d:C!==d&&(C+=(o??"")+r[i+1]),this._$AH[i]=o}e&&!M&&this.j(C)}j(C){C===d?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,C??"")}},H1=class extends w{constructor(){super(...arguments),this.type=3}j(C){this.element[this.name]=C===d?void 0:C}},V1=class extends w{constructor(){super(...arguments),this.type=4}j(C){this.element.toggleAttribute(this.name,!!C&&C!==d)}},L1=class extends w{constructor(C,H,V,M,r){super(C,H,V,M,r),this.type=5}_$AI(C,H=this){if((C=y(this,C,H,0)??d)===S)return;let V=this._$AH,M=C===d&&V!==d||C.capture!==V.capture||C.once!==V.once||C.passive!==V.passive,r=C!==d&&(V===d||M);M&&this.element.removeEventListener(this.name,this,V),r&&this.element.addEventListener(this.name,this,C),this._$AH=C}handleEvent(C){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,C):this._$AH.handleEvent(C)}},M1=class{constructor(C,H,V){this.element=C,this.type=6,this._$AN=void 0,this._$AM=H,this.options=V}get _$AU(){return this._$AM._$AU}_$AI(C){y(this,C)}},V2={M:g1,P:u,A:k1,C:1,L:H2,R:C1,D:X1,V:y,I:b,H:w,N:V1,U:L1,B:H1,F:M1},t5=f1.litHtmlPolyfillSupport;t5?.(W,b),(f1.litHtmlVersions??=[]).push("3.3.3");var L2=(L,C,H)=>{let V=H?.renderBefore??C,M=V._$litPart$;if(M===void 0){let r=H?.renderBefore??null;V._$litPart$=M=new b(C.insertBefore(N(),r),r,void 0,H??{})}return M._$AI(L),M};var B1=globalThis,c=class extends s{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let C=super.createRenderRoot();return this.renderOptions.renderBefore??=C.firstChild,C}update(C){let H=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(C),this._$Do=L2(H,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return S}};c._$litElement$=!0,c.finalized=!0,B1.litElementHydrateSupport?.({LitElement:c});var i5=B1.litElementPolyfillSupport;i5?.({LitElement:c});(B1.litElementVersions??=[]).push("4.2.2");var M2={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},r2=L=>(...C)=>({_$litDirective$:L,values:C}),r1=class{constructor(C){}get _$AU(){return this._$AM._$AU}_$AT(C,H,V){this._$Ct=C,this._$AM=H,this._$Ci=V}_$AS(C,H){return this.update(C,H)}update(C,H){return this.render(...H)}};var{I:o5}=V2,e2=L=>L;var t2=()=>document.createComment(""),P=(L,C,H)=>{let V=L._$AA.parentNode,M=C===void 0?L._$AB:C._$AA;if(H===void 0){let r=V.insertBefore(t2(),M),e=V.insertBefore(t2(),M);H=new o5(r,e,L,L.options)}else{let r=H._$AB.nextSibling,e=H._$AM,t=e!==L;if(t){let i;H._$AQ?.(L),H._$AM=L,H._$AP!==void 0&&(i=L._$AU)!==e._$AU&&H._$AP(i)}if(r!==M||t){let i=H._$AA;for(;i!==r;){let o=e2(i).nextSibling;e2(V).insertBefore(i,M),i=o}}}return H},h=(L,C,H=L)=>(L._$AI(C,H),L),A5={},i2=(L,C=A5)=>L._$AH=C,o2=L=>L._$AH,e1=L=>{L._$AR(),L._$AA.remove()};var A2=(L,C,H)=>{let V=new Map;for(let M=C;M<=H;M++)V.set(L[M],M);return V},a2=r2(class extends r1{constructor(L){if(super(L),L.type!==M2.CHILD)throw Error("repeat() can only be used in text expressions")}dt(L,C,H){let V;H===void 0?H=C:C!==void 0&&(V=C);let M=[],r=[],e=0;for(let t of L)M[e]=V?V(t,e):e,r[e]=H(t,e),e++;return{values:r,keys:M}}render(L,C,H){return this.dt(L,C,H).values}update(L,[C,H,V]){let M=o2(L),{values:r,keys:e}=this.dt(C,H,V);if(!Array.isArray(M))return this.ut=e,r;let t=this.ut??=[],i=[],o,p,A=0,n=M.length-1,m=0,l=r.length-1;for(;A<=n&&m<=l;)if(M[A]===null)A++;else if(M[n]===null)n--;else if(t[A]===e[m])i[m]=h(M[A],r[m]),A++,m++;else if(t[n]===e[l])i[l]=h(M[n],r[l]),n--,l--;else if(t[A]===e[l])i[l]=h(M[A],r[l]),P(L,i[l+1],M[A]),A++,l--;else if(t[n]===e[m])i[m]=h(M[n],r[m]),P(L,M[A],M[n]),n--,m++;else if(o===void 0&&(o=A2(e,m,l),p=A2(t,A,n)),o.has(t[A]))if(o.has(t[n])){let x=p.get(e[m]),F=x!==void 0?M[x]:null;if(F===null){let D1=P(L,M[A]);h(D1,r[m]),i[m]=D1}else i[m]=h(F,r[m]),P(L,M[A],F),M[x]=null;m++}else e1(M[n]),n--;else e1(M[A]),A++;for(;m<=l;){let x=P(L,i[l+1]);h(x,r[m]),i[m++]=x}for(;A<=n;){let x=M[A++];x!==null&&e1(x)}return this.ut=e,i2(L,i),S}});var a5=["automation","script"];async function d2(L,C,H){if(C.subentry_id!==null&&H.origin_title!==null){let r=m2(L,C);return{name:H.origin_title,...r?{href:`/config/devices/device/${r}`}:{}}}let V=await d5(L,H);if(V!==void 0){let{domain:r,item_id:e,run_id:t}=V,i=p5(L,V);return{name:i&&L.states[i]?.attributes.friendly_name||e,trace:`/config/${r}/trace/${encodeURIComponent(e)}?run_id=${encodeURIComponent(t)}`}}let M=await m5(L,C,H)??H.user;return M?{name:M}:void 0}function p2(L,C){let H=m2(L,C);if(C.settled_at===null||H===void 0)return;let V=C.subentry_id===null?"binary_sensor.":"switch.",M=Object.entries(L.entities).find(([t,{device_id:i}])=>i===H&&t.startsWith(V))?.[0];if(M===void 0)return;let r=Date.parse(C.settled_at);return`/logbook?${new URLSearchParams({entity_id:M,start_date:new Date(r-6e4).toISOString(),end_date:new Date(r+6e4).toISOString(),back:"1"})}`}function m2(L,C){return Object.entries(L.devices).find(([,H])=>H.config_entries_subentries?.[C.config_entry_id]?.includes(C.subentry_id))?.[0]}async function d5(L,{context_id:C}){if(C!==null)try{return(await L.callWS({type:"trace/contexts"}))[C]}catch{return}}function p5(L,{domain:C,item_id:H}){return Object.keys(L.states).find(V=>V.startsWith(`${C}.`)&&(V===`${C}.${H}`||L.states[V]?.attributes.id===H))}async function m5(L,C,{context_id:H}){if(H===null)return;let V=Date.parse(C.accepted_at);try{let r=(await L.callWS({type:"logbook/get_events",start_time:new Date(V-864e5).toISOString(),end_time:new Date(V+864e5).toISOString(),context_id:H})).find(t=>a5.includes(t.domain??"")),e=r?.entity_id;return e&&L.states[e]?.attributes.friendly_name||r?.name}catch{return}}var n2=["pending","sending","uncertain","delivered","failed","expired","discarded"],O=["waiting","delivered","failed","expired","discarded"],b1=["pending","sending","uncertain"],t1=L=>L.state==="failed"||L.state==="expired"||L.state==="uncertain",l2=L=>L.outcome_unknown&&(L.state==="failed"||L.state==="uncertain"),i1=L=>L.state==="pending"||L.state==="uncertain"||L.state==="failed";function I(L){return L===void 0?[]:L==="waiting"?b1:[L]}var o1={hour:3600,day:86400,week:604800},v2=L=>L in o1,x2=(L,C)=>["connection","choice","rule","span","words"].every(H=>L[H]===C[H]),Z2=L=>Date.now()-o1[L]*1e3;function s2({connection:L,choice:C,rule:H,span:V,words:M}){let r=I(C);return{...L===void 0?{}:{config_entry_id:[L]},...r.length===0?{}:{state:r},...H===void 0?{}:{subentry_id:[H]},...V===void 0?{}:{since:new Date(Z2(V)).toISOString()},...M?{search:M}:{}}}function u2({connection:L,choice:C,rule:H,span:V,words:M},r){let e=I(C);return(L===void 0||r.config_entry_id===L)&&(e.length===0||e.includes(r.state))&&(H===void 0||r.subentry_id===H)&&(V===void 0||Date.parse(r.accepted_at)>=Z2(V))&&(!M||n5(r,M))}function n5(L,C){let H=[L.delivery_id,L.summary,L.outside_id,L.error?.reason].filter(V=>V).join(`
`).toLowerCase();return C.toLowerCase().split(/\s+/).every(V=>H.includes(V))}var l5=50,S2=200,v5=2e3,x5=["unknown_command",3],Z5=3e3,s5=2e3,A1=class{rows=[];connections=[];counts;filter={};ready=!1;loading=!1;error;#H=null;#C;#V;#M;#L;#e;#t;#A=[];#a=!1;#r=0;#i;constructor(C){this.#i=C,C.addController(this)}get hasMore(){return this.#H!==null}set hass(C){this.#C=C,this.#i.isConnected&&this.#d(C.connection)}hostConnected(){this.#C!==void 0&&this.#d(this.#C.connection)}hostDisconnected(){this.#V?.removeEventListener("ready",this.#p),this.#V=void 0,window.clearTimeout(this.#L),window.clearTimeout(this.#e),this.#e=void 0,this.#M?.(),this.#M=void 0}show(C){this.filter=C,this.rows=[],this.#H=null,this.ready=!1,this.reload()}async reload(){let{length:C}=this.rows,H=this.rows.at(-1)?.sequence;await this.#x(Math.min(Math.max(C,l5),S2),null,H,V=>{this.rows=V,this.ready=!0})}more(){return this.#t!==void 0?this.#t:this.#H===null?Promise.resolve(!0):this.#x(S2,this.#H,void 0,C=>{let H=this.rows.at(-1)?.sequence??1/0,V=C.filter(M=>M.sequence<H);V.length>0&&(this.rows=[...this.rows,...V])})}async upTo(C){for(;this.rows.length<C&&(this.loading||this.hasMore)&&await this.more(););return this.rows.slice(0,C)}#x(C,H,V,M){let r=this.#C;return r===void 0?Promise.resolve(!1):(this.#t=this.#Z(r,C,H,V,M),this.#t)}async#Z(C,H,V,M,r){let e=++this.#r,t=[],i=V,{connections:o}=this;this.loading=!0,this.#A=[];try{do{let p=await C.callWS({type:"event_relay/deliveries/list",limit:H,...i===null?{}:{before:i},...s2(this.filter)});if(e!==this.#r)return!0;o=p.connections,t.push(...p.deliveries),i=p.before}while(i!==null&&i>(M??i)&&t.length<v5)}catch(p){return e!==this.#r?!0:(this.#m(),this.#n(p),!1)}return this.#m(),this.connections=o,this.error=void 0,this.#H=i,r(t),this.#S(this.#A),this.#i.requestUpdate(),!0}#m(){this.loading=!1,this.#t=void 0}#s(C){this.#e??=window.setTimeout(async()=>{this.#e=void 0;try{this.counts=await this.#C?.callWS({type:"event_relay/deliveries/count"})}catch{this.counts=void 0}this.#i.requestUpdate()},C)}#d(C){this.#V!==C&&(this.hostDisconnected(),this.#V=C,C.addEventListener("ready",this.#p),this.#p())}#p=()=>{let C=this.#V;if(C===void 0)return;window.clearTimeout(this.#L),this.#M?.();let H=!1;this.#a=!1;let V=C.subscribeMessage(M=>{H||this.#u(M)},{type:"event_relay/deliveries/subscribe"},{resubscribe:!1});this.#M=()=>{H=!0,V.then(M=>M()).catch(()=>{})},V.catch(M=>{H||(this.#n(M),this.#L=window.setTimeout(this.#p,Z5))}),this.reload()};#n(C){let H=x5.includes(c2(C));H&&(this.#H=null),this.error=H?void 0:T(C),this.#i.requestUpdate()}#u(C){if("anew"in C){(this.#a||!this.loading)&&this.reload(),this.#a=!0,this.#s(0);return}this.#s(s5),this.loading&&this.#A.push(...C.deliveries),this.ready&&(this.#S(C.deliveries),this.#i.requestUpdate())}#S(C){if(C.length===0)return;let H=this.#H??0,V=[...this.rows];for(let M of C){let r=u5(V,M.sequence),e=V[r]?.sequence===M.sequence?1:0;u2(this.filter,M)&&M.sequence>=H?V.splice(r,e,M):V.splice(r,e)}this.rows=V}};function u5(L,C){let[H,V]=[0,L.length];for(;H<V;){let M=H+V>>1;(L[M]?.sequence??0)>C?H=M+1:V=M}return H}function T(L){if(typeof L=="object"&&L!==null){if("message"in L)return String(L.message);if("error"in L)return T(L.error)}return String(L)}function c2(L){return typeof L!="object"||L===null?L:"code"in L?L.code:"error"in L?c2(L.error):void 0}var S5={csv:"text/csv",json:"application/json"},c5=/^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/;function h2(L,C,H){let V=L.map(t=>h5(t,C)),M=H==="csv"?O5(V):JSON.stringify(V,void 0,2),r=URL.createObjectURL(new Blob([M],{type:`${S5[H]};charset=utf-8`})),e=document.createElement("a");e.href=r,e.download=`event-relay-${new Date().toISOString().slice(0,19).replaceAll(":","-")}.${H}`,e.click(),window.setTimeout(()=>URL.revokeObjectURL(r),6e4)}function h5(L,C){let H=C.find(M=>M.config_entry_id===L.config_entry_id),V=H?.subentries.find(M=>M.subentry_id===L.subentry_id);return{delivery_id:L.delivery_id,connection:H?.title??L.config_entry_id,state:L.state,outcome_unknown:L.outcome_unknown,operation:L.operation,summary:L.summary??"",origin:L.origin,asked_by:V?.title??"",occurred_at:L.occurred_at,accepted_at:L.accepted_at,settled_at:L.settled_at??"",attempts:L.attempts,outside_id:L.outside_id??"",error:L.error?.code??"",reason:L.error?.reason??"",warnings:L.warnings??[],links:L.links??{}}}function O5(L){let C=Object.keys(L[0]??{});return`\uFEFF${[C,...L.map(V=>C.map(M=>V[M]))].map(V=>V.map(f5).join(",")).join(`\r
`)}\r
`}function f5(L){if(typeof L=="number"||typeof L=="boolean")return String(L);let C=g5(L);return`"${(c5.test(C)?`'${C}`:C).replaceAll('"','""')}"`}function g5(L){return L==null?"":typeof L=="string"?L:Array.isArray(L)?L.join("; "):Object.values(L).join(" ")}var O2={title:"Deliveries",description:"Shows which deliveries arrived, are pending, or have failed",all_connections:"All connections",all_states:"All states",waiting:"Pending",state_pending:"Pending",state_sending:"Sending",state_uncertain:"Checking outcome",state_delivered:"Delivered",state_failed:"Failed",state_expired:"Expired",state_discarded:"Discarded",connection:"Connection",state:"State",card_title:"Title",show:"Show",today:"Today",yesterday:"Yesterday",attempts:"{count} attempts",late:"{duration} late",waiting_for:"pending for {duration}",outcome_unknown:"outcome unknown",next_try:"next attempt {when}",next_try_now:"next attempt now",what:"Operation",happened:"Occurred at",ended:"Finished at",ended_after:"{time} ({duration} after it occurred)",next:"Next attempt",expires:"Expires",attempted:"Attempts",asked_by:"Requested by",trace:"Show trace",id:"Delivery ID",copy:"Copy",copied:"Delivery ID copied.",not_copied:"The browser could not copy it. Select the ID and copy it by hand.",origin_action:"An action",origin_rule:"A rule",origin_mirror:"A mirror",origin_test:"A test",test:"Test",outside_id:"ID in the other system",error:"Reason",warning:"Warning",links:"Links",link_event:"Event",link_snapshot:"Snapshot",link_clip:"Clip",link_review:"Review",link_qr_code:"QR code",retry:"Retry",check:"Look up now",arrived:"Mark as delivered",discard:"Discard",cancel:"Cancel",confirm_retry:"It may have arrived already. Event Relay looks it up first. If that is not possible, it may arrive twice.",confirm_retry_yes:"Retry",confirm_arrived:"Have you seen it in the other system? It is then marked as delivered.",confirm_arrived_yes:"Mark as delivered",confirm_discard:"It will not be delivered.",confirm_discard_yes:"Discard",done_retry:"Retrying.",done_arrived:"Marked as delivered.",done_discard:"Discarded.",search:"Search",rule:"Rule or mirror",all_rules:"All rules and mirrors",span:"Time",any_time:"Any time",span_hour:"Last hour",span_day:"Last 24 hours",span_week:"Last 7 days",counted:"{name} ({count})",shown:"Actions for the deliveries shown",shown_count:"Deliveries shown: {count}",shown_partly:"Deliveries shown: the newest {count}",retry_shown:"Retry",discard_shown:"Discard",export_csv:"Export as CSV",export_json:"Export as JSON",confirm_retry_shown:"Failed or expired deliveries to retry: {count}. Those with an unknown outcome are left as they are.",confirm_discard_shown:"Pending or failed deliveries to discard: {count}. They will not be delivered. Those with an unknown outcome are left as they are.",nothing_to_retry:"None of the deliveries shown can be retried.",nothing_to_discard:"None of the deliveries shown can be discarded.",progress:"{done} of {count}",all_done:"Done: {count}.",partly_done:"Done: {done} of {count}. {reason}",searching:"Searching…",loading:"Loading…",empty_title:"Nothing delivered yet",empty:"Add a rule, or use an action of Event Relay in an automation. Deliveries appear here.",add_rule:"Add rule",no_connection_title:"No system connected yet",no_connection:"Event Relay delivers events to other systems. Connect one first.",add_connection:"Connect a system",no_match_title:"No matching deliveries",no_match:"No delivery matches the search and the filters above.",show_all:"Show all",rows:"Height in rows",compact:"Compact rows",failed_to_load:"The deliveries cannot be shown: {reason}",again:"Try again"};var a1=L=>L==="waiting"?L:`state_${L}`;function v(L,C,H={}){return L?.localize(`component.event_relay.common.card_${C}`,H)||O2[C].replace(/\{(\w+)\}/g,(V,M)=>H[M]??V)}var U=()=>document.querySelector("home-assistant")?.hass,P1=L=>`⁨${L}⁩`;function d1(L,C,H,V){return L.localize(`component.event_relay.${C}`,V)||H}var Q=L=>{let C=L.replaceAll("_"," ");return C.charAt(0).toUpperCase()+C.slice(1)};var y5=[["day",86400],["hour",3600],["minute",60],["second",1]];function w5({locale:L,config:C}){let H={};return L.time_zone==="server"&&(H.timeZone=C.time_zone),L.time_format==="12"&&(H.hour12=!0),L.time_format==="24"&&(H.hourCycle="h23"),H}var f2=new Map;function T1(L,C,H){let V={...w5(L),...H},M=L.locale.time_format==="system"?void 0:L.locale.language,r=JSON.stringify([M,V]),e=f2.get(r);return e===void 0&&(e=new Intl.DateTimeFormat(M,V),f2.set(r,e)),e.format(C)}var k2=(L,C)=>T1(L,C,{hour:"numeric",minute:"2-digit"}),B=(L,C)=>T1(L,C,{weekday:"long",day:"numeric",month:"long",year:"numeric"}),G=(L,C)=>T1(L,C,{dateStyle:"medium",timeStyle:"medium"});function y2(L){let C=Math.abs(L);for(let[H,V]of y5)if(C>=V)return[Math.round(L/V),H];return[Math.round(L),"second"]}var g2=new Map;function Z(L,C){let{language:H}=L.locale,V=g2.get(H);return V===void 0&&(V=new Intl.NumberFormat(H),g2.set(H,V)),V.format(C)}function z(L,C){let[H,V]=y2(Math.max(0,C));return new Intl.NumberFormat(L.locale.language,{style:"unit",unit:V,unitDisplay:"short"}).format(H)}function w2(L,C){let[H,V]=y2(C);return new Intl.RelativeTimeFormat(L.locale.language,{style:"short"}).format(H,V)}var B5=1e4,b5=1e3,P5=4,T5={retry:t1,discard:i1},m1=class{open=!1;#H;#C=!1;#V;#M;#L;constructor(C,H,V){this.#V=C,this.#M=H,this.#L=V,C.addController(this)}hostDisconnected(){this.close()}close(){this.open=!1,this.#H=void 0}toggle(){let{open:C}=this;this.close(),this.open=!C,this.#V.requestUpdate()}render(C){if(!this.open)return d;let H=p1(C);if(this.#H!==void 0)return this.#e(C);let V=Z(C,this.#M.rows.length),M=C.user?.is_admin?["retry","discard"]:[],r=(e,t)=>a`<button class="action" ?disabled=${this.#C} @click=${t}>${H(e)}</button>`;return a`<div class="confirm" role="group" aria-label=${H("shown")}>
      <p>${H(this.#M.hasMore?"shown_partly":"shown_count",{count:V})}</p>
      ${M.map(e=>r(`${e}_shown`,()=>this.#t(C,e)))}
      ${["csv","json"].map(e=>r(`export_${e}`,()=>this.#A(e)))}
    </div>`}#e(C){let H=p1(C),{deed:V,rows:M}=this.#H;return a`<div class="confirm" role="group" aria-label=${H(`${V}_shown`)}>
      <p>${H(`confirm_${V}_shown`,{count:Z(C,M.length)})}</p>
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
        @click=${()=>this.#a(C,V,M)}
      >
        ${H(`${V}_shown`)}
      </button>
    </div>`}async#t(C,H){let M=(await this.#r(this.#M.upTo(b5))).filter(r=>T5[H](r)&&!r.outcome_unknown);M.length===0?this.#L(p1(C)(`nothing_to_${H}`)):this.#H={deed:H,rows:M},this.#V.requestUpdate()}async#A(C){let H=await this.#r(this.#M.upTo(B5));h2(H,this.#M.connections,C)}async#a(C,H,V){let M=p1(C),r=Z(C,V.length),e=[...V],t=0,i="",o=async()=>{for(let p=e.shift();p!==void 0;p=e.shift())try{await C.callService("event_relay",`${H}_delivery`,{delivery_id:p.delivery_id,...H==="retry"?{wait:0}:{}}),t+=1,this.#L(M("progress",{done:Z(C,t),count:r}))}catch(A){i=T(A)}};await this.#r(Promise.all(Array.from({length:P5},o))),this.close(),this.#L(i===""?M("all_done",{count:r}):M("partly_done",{done:Z(C,t),count:r,reason:i}))}async#r(C){this.#C=!0,this.#V.requestUpdate();try{return await C}finally{this.#C=!1,this.#V.requestUpdate()}}},p1=L=>(C,H)=>v(L,C,H);async function B2(L){try{return await navigator.clipboard.writeText(L),!0}catch{}let C=document.createElement("textarea");C.value=L,C.style.position="fixed",C.style.opacity="0",document.body.append(C),C.select();let H=document.execCommand("copy");return C.remove(),H}var b2="M11,15H13V17H11V15M11,7H13V13H11V7M12,2C6.47,2 2,6.5 2,12A10,10 0 0,0 12,22A10,10 0 0,0 22,12A10,10 0 0,0 12,2M12,20A8,8 0 0,1 4,12A8,8 0 0,1 12,4A8,8 0 0,1 20,12A8,8 0 0,1 12,20Z";var P2="M12 2C17.5 2 22 6.5 22 12S17.5 22 12 22 2 17.5 2 12 6.5 2 12 2M12 4C10.1 4 8.4 4.6 7.1 5.7L18.3 16.9C19.3 15.5 20 13.8 20 12C20 7.6 16.4 4 12 4M16.9 18.3L5.7 7.1C4.6 8.4 4 10.1 4 12C4 16.4 7.6 20 12 20C13.9 20 15.6 19.4 16.9 18.3Z";var R1="M12 2C6.5 2 2 6.5 2 12S6.5 22 12 22 22 17.5 22 12 17.5 2 12 2M12 20C7.59 20 4 16.41 4 12S7.59 4 12 4 20 7.59 20 12 16.41 20 12 20M16.59 7.58L10 14.17L7.41 11.59L6 13L10 17L18 9L16.59 7.58Z";var T2="M12,20A8,8 0 0,0 20,12A8,8 0 0,0 12,4A8,8 0 0,0 4,12A8,8 0 0,0 12,20M12,2A10,10 0 0,1 22,12A10,10 0 0,1 12,22C6.47,22 2,17.5 2,12A10,10 0 0,1 12,2M12.5,7V12.25L17,14.92L16.25,16.15L11,13V7H12.5Z";var R2="M12,16A2,2 0 0,1 14,18A2,2 0 0,1 12,20A2,2 0 0,1 10,18A2,2 0 0,1 12,16M12,10A2,2 0 0,1 14,12A2,2 0 0,1 12,14A2,2 0 0,1 10,12A2,2 0 0,1 12,10M12,4A2,2 0 0,1 14,6A2,2 0 0,1 12,8A2,2 0 0,1 10,6A2,2 0 0,1 12,4Z";var F2="M2.39 1.73L1.11 3L9 10.89V15.87C8.96 16.16 9.06 16.47 9.29 16.7L13.3 20.71C13.69 21.1 14.32 21.1 14.71 20.71C14.94 20.5 15.04 20.18 15 19.88V16.89L20.84 22.73L22.11 21.46L15 14.35V14.34L13 12.35L11 10.34L4.15 3.5L2.39 1.73M6.21 3L8.2 5H16.96L13.11 9.91L15 11.8V10.75L19.79 4.62C20.13 4.19 20.05 3.56 19.62 3.22C19.43 3.08 19.22 3 19 3H6.21M11 12.89L13 14.89V17.58L11 15.58V12.89Z";var D2="M11,18H13V16H11V18M12,2A10,10 0 0,0 2,12A10,10 0 0,0 12,22A10,10 0 0,0 22,12A10,10 0 0,0 12,2M12,20C7.59,20 4,16.41 4,12C4,7.59 7.59,4 12,4C16.41,4 20,7.59 20,12C20,16.41 16.41,20 12,20M12,6A4,4 0 0,0 8,10H10A2,2 0 0,1 12,8A2,2 0 0,1 14,10C14,12 11,11.75 11,15H13C13,12.75 16,12.5 16,10A4,4 0 0,0 12,6Z";var E2="M24 13L20 17V14H11V12H20V9L24 13M4 20V12H1L11 3L18 9.3V10H15.79L11 5.69L6 10.19V18H16V16H18V20H4Z";var _2="M4,1C2.89,1 2,1.89 2,3V7C2,8.11 2.89,9 4,9H1V11H13V9H10C11.11,9 12,8.11 12,7V3C12,1.89 11.11,1 10,1H4M4,3H10V7H4V3M14,13C12.89,13 12,13.89 12,15V19C12,20.11 12.89,21 14,21H11V23H23V21H20C21.11,21 22,20.11 22,19V15C22,13.89 21.11,13 20,13H14M3.88,13.46L2.46,14.88L4.59,17L2.46,19.12L3.88,20.54L6,18.41L8.12,20.54L9.54,19.12L7.41,17L9.54,14.88L8.12,13.46L6,15.59L3.88,13.46M14,15H20V19H14V15Z";var N2="M4 6.03L11.5 9.25L4 8.25L4 6.03M11.5 14.75L4 17.97V15.75L11.5 14.75M2 3L2 10L17 12L2 14L2 21L23 12L2 3Z";var $2="M12,20A7,7 0 0,1 5,13C5,11.72 5.35,10.5 5.95,9.5L15.5,19.04C14.5,19.65 13.28,20 12,20M3,4L1.75,5.27L4.5,8.03C3.55,9.45 3,11.16 3,13A9,9 0 0,0 12,22C13.84,22 15.55,21.45 17,20.5L19.5,23L20.75,21.73L13.04,14L3,4M11,9.44L13,11.44V8H11M15,1H9V3H15M19.04,4.55L17.62,5.97C16.07,4.74 14.12,4 12,4C10.17,4 8.47,4.55 7.05,5.5L8.5,6.94C9.53,6.35 10.73,6 12,6A7,7 0 0,1 19,13C19,14.27 18.65,15.47 18.06,16.5L19.5,17.94C20.45,16.53 21,14.83 21,13C21,10.88 20.26,8.93 19.03,7.39L20.45,5.97L19.04,4.55Z";var W2={pending:T2,sending:N2,uncertain:D2,delivered:R1,failed:b2,expired:$2,discarded:P2},R={menu:R2,noConnection:_2,noMatch:F2,nothingYet:E2,allWell:R1},K=L=>J1`<svg class="drawn" viewBox="0 0 24 24" aria-hidden="true"><path d=${L}></path></svg>`;var I2=60,R5=(L,C)=>v(L,`state_${C.state}`),n1=(L,C)=>d1(L,`services.${C.operation}.name`,Q(C.operation)),l1=(L,C)=>((C===null?Date.now():Date.parse(C))-Date.parse(L))/1e3;function Q2({hass:L,row:C,open:H,tabbed:V,connection:M,toggle:r}){let e=new Date(C.occurred_at),t=[R5(L,C),...E5(L,C),...C.summary?[n1(L,C)]:[],...M===void 0?[]:[M]],i=B(L,e)===B(L,new Date(C.accepted_at));return a`<button
    class="row"
    data-id=${C.delivery_id}
    tabindex=${V?0:-1}
    aria-expanded=${H?"true":"false"}
    @click=${r}
  >
    ${K(W2[C.state])}
    <span class="what">
      ${C.origin==="test"?F5(L):d}<span class="summary" dir="auto">${C.summary||n1(L,C)}</span
      ><span class="unseen">, </span
      ><span class="notes"
        >${t.map((o,p)=>a`${p?D5:d}<bdi class=${p?"":"state"}>${o}</bdi>`)}</span
      >
    </span>
    ${C.picture?F1(C.picture,""):d}
    <span class="unseen">, </span>
    <time datetime=${C.occurred_at} title=${G(L,e)}
      >${i?k2(L,e):G(L,e)}</time
    >
  </button>`}var F1=(L,C)=>a`<img
    class="thumbnail"
    src=${L}
    alt=${C}
    loading="lazy"
    @load=${H=>U2(H,!1)}
    @error=${H=>U2(H,!0)}
  />`;function U2(L,C){L.target.hidden=C}var F5=L=>a`<span class="badge">${v(L,"test")}</span><span class="unseen">, </span>`,D5=a`<span aria-hidden="true"> · </span><span class="unseen">, </span>`;function E5(L,C){let H=(r,e)=>v(L,r,e),V=[];C.outcome_unknown&&C.state==="failed"&&V.push(H("outcome_unknown")),C.state==="failed"&&C.error?.reason&&V.push(C.error.reason);let M=l1(C.occurred_at,C.settled_at);if(b1.includes(C.state)){if(M>=I2&&V.push(H("waiting_for",{duration:z(L,M)})),C.attempts>0&&C.due_at!==null){let r=-l1(C.due_at,null);V.push(r<1?H("next_try_now"):H("next_try",{when:w2(L,r)}))}}else C.state==="delivered"&&M>=I2&&V.push(H("late",{duration:z(L,M)}));return C.attempts>1&&V.push(H("attempts",{count:Z(L,C.attempts)})),V}function G2(L){let C=q(L.hass),{picture:H}=L.row;return a`<div class="details">
    ${H?F1(H,C("link_snapshot")):d}
    <dl>
      ${_5(L).filter(([,V])=>V).map(([V,M])=>a`<div>
              <dt>${C(V)}</dt>
              <dd>${M}</dd>
            </div>`)}
    </dl>
    ${L.hass.user?.is_admin?Q5(L):d}
  </div>`}var q=L=>(C,H)=>v(L,C,H);function _5(L){let{hass:C,row:H,copy:V}=L,M=q(C),r=o=>o===null?void 0:G(C,new Date(o)),e=r(H.settled_at),t=l1(H.occurred_at,H.settled_at),i=H.settled_at===null;return[["what",a`<bdi>${n1(C,H)}</bdi>`],["error",W5(L)],["happened",r(H.occurred_at)],["ended",e&&t>=1?M("ended_after",{time:e,duration:z(C,t)}):e],["attempted",H.attempts?Z(C,H.attempts):void 0],["next",i?r(H.due_at):void 0],["expires",i?r(H.expires_at):void 0],["asked_by",N5(L)],["id",a`<code dir="ltr">${H.delivery_id}</code>
        <button class="link" @click=${V}>
          ${M("copy")}<span class="unseen"> ${M("id")}</span>
        </button>`],["outside_id",H.outside_id?a`<code dir="ltr">${H.outside_id}</code>`:void 0],...(H.warnings??[]).map(o=>["warning",a`<bdi>${o}</bdi>`]),["links",I5(C,H)]]}function N5({hass:L,row:C,more:H,asker:V}){let M=q(L),r=M(`origin_${C.origin}`),e=V?.name??H?.origin_title;if(!e)return a`${r}`;let t=a`<bdi>${e}</bdi>`;return a`${r}:
  ${V?.href?a`<a href=${V.href}>${t}</a>`:t}
  ${V?.trace?a` <a href=${V.trace}>${M("trace")}</a>`:d}`}var $5=new Set(["outcome_unknown","sent_elsewhere"]);function W5({hass:L,row:C,connection:H}){if(C.error===null||C.state==="delivered"||C.state==="discarded"&&$5.has(C.error.code))return;let{code:V,reason:M}=C.error,r={connection:P1(H),reason:P1(M||Q(V))},e=d1(L,`exceptions.${V}.message`,r.reason,r);return a`<bdi>${e}</bdi>`}function I5(L,C){let H=Object.entries(C.links??{}).filter(([,M])=>/^https?:\/\//i.test(M)),V=p2(L,C);if(!(H.length===0&&V===void 0))return a`${H.map(([M,r])=>a`<a href=${r} target="_blank" rel="noopener noreferrer">${U5(L,M)}</a> `)}${V?a`<a href=${V}>${L.localize("panel.logbook")}</a>`:d}`}function U5(L,C){let V=["event","snapshot","clip","review","qr_code"].find(M=>M===C);return V?q(L)(`link_${V}`):Q(C)}function Q5(L){let{hass:C,row:H,asking:V,busy:M,ask:r,act:e}=L,t=q(C);if(V!==void 0)return a`<div class="confirm" role="group" aria-label=${t(`confirm_${V}_yes`)}>
      <p>${t(`confirm_${V}`)}</p>
      <button class="action" ?disabled=${M} @click=${()=>r(void 0)}>
        ${t("cancel")}
      </button>
      <button class="action strong" ?disabled=${M} @click=${()=>e(V)}>
        ${t(`confirm_${V}_yes`)}
      </button>
    </div>`;let i=H.outcome_unknown&&H.state!=="uncertain",o=()=>i?r("retry"):e("retry"),p=H.state==="uncertain"?"check":"retry",n=[[t1(H),p,o],[l2(H),"arrived",()=>r("arrived")],[i1(H),"discard",()=>r("discard")]].filter(([m])=>m).map(([,m,l])=>a`<button class="action" ?disabled=${M} @click=${l}>${t(m)}</button>`);return n.length>0?a`<div class="actions">${n}</div>`:d}var G5={title:"card_title",connection:"connection",state:"show",rows:"rows",compact:"compact"},z2=L=>v(U(),L),K2=()=>({schema:[{name:"title",selector:{text:{}}},{name:"connection",selector:{config_entry:{integration:"event_relay"}}},{name:"state",selector:{select:{mode:"dropdown",options:O.map(L=>({value:L,label:z2(a1(L))}))}}},{name:"rows",selector:{number:{min:3,max:100,mode:"box"}}},{name:"compact",selector:{boolean:{}}}],computeLabel:({name:L})=>{let C=G5[L];return C===void 0?L:z2(C)}});var q2=S1`
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
`;function X2(L){let{hass:C,filter:H,connections:V,fixed:M,choose:r,search:e}=L,t=o=>v(C,o),i=z5(L);return a`
    <input
      type="search"
      maxlength="200"
      aria-label=${t("search")}
      placeholder=${t("search")}
      .value=${H.words??""}
      @input=${o=>e(o.target.value)}
    />
    ${M||V.length<2?d:v1(t("connection"),t("all_connections"),V.map(o=>({value:o.config_entry_id,label:j2(L,o.title,o.config_entry_id,H.choice)})),H.connection,o=>r({connection:o,rule:void 0}))}
    ${v1(t("state"),t("all_states"),O.map(o=>({value:o,label:j2(L,t(a1(o)),H.connection,o)})),H.choice,o=>r({choice:O.find(p=>p===o)}))}
    ${i.length===0?d:v1(t("rule"),t("all_rules"),i,H.rule,o=>r({rule:o}))}
    ${v1(t("span"),t("any_time"),Object.keys(o1).map(o=>({value:o,label:t(`span_${o}`)})),H.span,o=>r({span:o!==void 0&&v2(o)?o:void 0}))}
  `}function v1(L,C,H,V,M){return a`<select aria-label=${L} .value=${V??""} @change=${e=>M(e.target.value||void 0)}>
    <option value="">${C}</option>
    ${H.map(({value:e,label:t})=>a`<option value=${e} dir="auto" ?selected=${e===V}>${t}</option>`)}
  </select>`}function z5({connections:L,filter:C}){let H=L.filter(V=>C.connection===void 0||V.config_entry_id===C.connection);return H.flatMap(V=>V.subentries.map(({subentry_id:M,title:r})=>({value:M,label:H.length>1?`${r} · ${V.title}`:r})))}function j2({hass:L,counts:C},H,V,M){if(C===void 0)return H;let r=I(M),e=r.length===0?n2:r,[t,i]=[0,""];for(let[p,A]of Object.entries(C.counts))if(!(V!==void 0&&p!==V))for(let n of e)t+=A[n]??0,(A[n]??0)>=C.most&&(i="+");let o=Z(L,t)+i;return v(L,"counted",{name:H,count:o})}var x1=class{usual=60;#H=[];#C=[];#V=new Float64Array(1);#M={first:0,end:0,above:0,below:0};#L;#e;constructor(C){this.#e=C,C.addController(this)}view(C){return this.#A(C),this.#M=this.#r(),this.#M}scrolled=()=>{let{first:C,end:H}=this.#r();(C!==this.#M.first||H!==this.#M.end)&&this.#e.requestUpdate()};get nearEnd(){return this.#M.end+8>=this.#H.length}reveal(C){let H=this.#t,[V,M]=[this.#V[C],this.#V[C+1]];if(H===null||V===void 0||M===void 0)return;let r=M-V>H.clientHeight;V<H.scrollTop||r?H.scrollTop=V:M>H.scrollTop+H.clientHeight&&(H.scrollTop=M-H.clientHeight)}hostDisconnected(){this.#L?.disconnect(),this.#L=void 0}hostUpdated(){let C=this.#t;if(C===null)return;this.#L===void 0&&(this.#L=new ResizeObserver(this.scrolled),this.#L.observe(C));let H=1/0;for(let e of C.querySelectorAll("[data-index]")){let t=Number(e.dataset.index),i=e.offsetHeight;i===0||t>=this.#H.length||this.#C[t]===i||(this.#C[t]=i,H=Math.min(H,t))}if(H===1/0)return;this.#a(H);let{above:V,below:M}=this.#M,r=this.#r();(r.above!==V||r.below!==M)&&this.#e.requestUpdate()}get#t(){return this.#e.renderRoot.querySelector(".body")}#A(C){if(C===this.#H)return;let H=this.#H,V=Math.min(H.length,C.length),M=(i,o)=>i?.delivery_id===o?.delivery_id,r=0;for(;r<V&&M(H[r],C[r]);)r++;let e=0;for(;e<V-r&&M(H.at(-1-e),C.at(-1-e));)e++;let t=new Map(H.slice(r,H.length-e).map((i,o)=>[i.delivery_id,this.#C[r+o]]));this.#C=this.#C.slice(0,r).concat(C.slice(r,C.length-e).map(i=>t.get(i.delivery_id)??this.usual),this.#C.slice(H.length-e)),this.#H=C,this.#a(r)}#a(C){let{length:H}=this.#C;if(this.#V.length<=H){let V=new Float64Array(2*H+1);V.set(this.#V),this.#V=V}for(let V=C;V<H;V++)this.#V[V+1]=this.#V[V]+this.#C[V]}#r(){let{length:C}=this.#H,H=this.#t,V=H?.scrollTop??0,M=Math.max(0,this.#i(V)-8),r=Math.min(C,this.#i(V+(H?.clientHeight||600))+1+8),e=this.#V[C];return{first:M,end:r,above:this.#V[M],below:e-this.#V[r]}}#i(C){let[H,V]=[0,Math.max(0,this.#H.length-1)];for(;H<V;){let M=H+V+1>>1;this.#V[M]<=C?H=M:V=M-1}return H}};var K5=15e3,q5=250,j5=60,X5=40,Y5="/config/integrations/dashboard/add?domain=event_relay",J5="/config/integrations/integration/event_relay",C3="event_relay_delivery",H3="event_relay_rule",Z1=class extends c{static styles=q2;static properties={hass:{attribute:!1}};#H;#C=new A1(this);#V=new x1(this);#M=new m1(this,this.#C,C=>{this.#r=C,this.requestUpdate()});#L;#e;#t;#A;#a=!1;#r="";#i;#x;#Z;#m=-1;#s;#d=null;#p=null;#n=null;static getConfigForm=K2;static getStubConfig(){return{}}setConfig(C){if(C.state!==void 0&&!O.includes(C.state))throw new Error(`state must be one of ${O.join(", ")}`);this.#H=C,this.#V.usual=C.compact?X5:j5,this.#C.show(this.#c),this.#d=this.#p=null,this.#v(),this.requestUpdate()}getCardSize(){return 8}getGridOptions(){return{columns:12,min_columns:4,rows:8,min_rows:4}}connectedCallback(){super.connectedCallback(),this.#x=window.setInterval(()=>this.requestUpdate(),K5),window.addEventListener("location-changed",this.#v),window.addEventListener("popstate",this.#v),this.#v()}disconnectedCallback(){super.disconnectedCallback(),window.clearInterval(this.#x),window.clearTimeout(this.#Z),window.removeEventListener("location-changed",this.#v),window.removeEventListener("popstate",this.#v)}shouldUpdate(C){let H=C.get("hass");return C.size!==1||H===void 0||this.hass===void 0?!0:H.localize!==this.hass.localize||H.locale!==this.hass.locale||H.user!==this.hass.user||H.connection!==this.hass.connection}willUpdate(C){let H=this.shadowRoot?.activeElement?.closest("li[data-index]");this.#m=H?Number(H.dataset.index):-1,this.#s=H?.querySelector("button.row")?.dataset.id,!(!C.has("hass")||this.hass===void 0)&&(this.#C.hass=this.hass,C.get("hass")===void 0&&this.#u("common","services"))}#u(...C){for(let H of C)this.hass?.loadBackendTranslation(H,"event_relay").catch(()=>{})}updated(){let{rows:C,hasMore:H,loading:V,error:M}=this.#C;if(H&&!V&&M===void 0&&this.#V.nearEnd&&this.#C.more(),this.#D(),this.#F(),this.#m<0||this.shadowRoot?.activeElement||C.some(e=>e.delivery_id===this.#s))return;let r=C[Math.min(this.#m,C.length-1)];r!==void 0&&this.#f(r.delivery_id,{preventScroll:!0})}render(){let{hass:C}=this;if(C===void 0||this.#H===void 0)return d;let{rows:H,compact:V}=this.#H,M=this.#H.title??this.#o("title"),r=H===void 0?"":`block-size: ${H*this.#V.usual}px`,e=this.#V.view(this.#C.rows);return a`
      <ha-card class=${V?"compact":""}>
        <div class="head">
          ${M?a`<h2><bdi>${M}</bdi></h2>`:d}
          ${this.#w()}
          <div class="filters">${this.#S(C)}</div>
        </div>
        ${this.#M.render(C)}
        <div class="said" role="status">${this.#r}</div>
        ${this.#C.error===void 0?d:this.#T(this.#C.error)}
        <div class="body" style=${r} @scroll=${this.#V.scrolled}>
          ${this.#C.rows.length>0?this.#B(C,e):this.#P()}
        </div>
      </ha-card>
    `}#S(C){let{connections:H,counts:V,filter:M}=this.#C;return X2({hass:C,filter:M,connections:H,counts:V,fixed:this.#H?.connection!==void 0,choose:r=>this.#l({...M,...r}),search:r=>{window.clearTimeout(this.#Z),this.#Z=window.setTimeout(()=>{this.#l({...this.#C.filter,words:r.trim()||void 0})},q5)}})}#w(){return this.#C.rows.length===0?d:a`<button
      class="icon"
      aria-label=${this.#o("shown")}
      title=${this.#o("shown")}
      aria-expanded=${this.#M.open?"true":"false"}
      @click=${()=>this.#M.toggle()}
    >
      ${K(R.menu)}
    </button>`}get#c(){return{connection:this.#H?.connection,choice:this.#H?.state}}#l(C){this.#O(),this.#M.close(),this.#r="",this.#C.show(C)}#B(C,{first:H,end:V,above:M,below:r}){let{rows:e,hasMore:t}=this.#C,i=e.slice(H,V),o=i.some(m=>m.delivery_id===this.#i)?this.#i:i[0]?.delivery_id,p=e.slice(H,V+1).map(m=>this.#k(C,m)),A=e[H-1],n=A===void 0?"":this.#k(C,A);return a`
      <div class="space" style="block-size: ${M}px"></div>
      <ol role="list" @keydown=${this.#W} @focusin=${this.#$}>
        ${a2(i,m=>m.delivery_id,(m,l)=>{let x=p[l],F=x===(p[l-1]??n)?d:a`<h3>${x}</h3>`;return a`<li
              class="${m.state} ${x===p[l+1]?"":"last"}"
              data-index=${H+l}
              aria-posinset=${H+l+1}
              aria-setsize=${t?-1:e.length}
            >
              ${F}${this.#b(C,m,m.delivery_id===o)}
            </li>`})}
      </ol>
      <div class="space" style="block-size: ${r}px"></div>
      ${t?a`<p class="nothing">${this.#o(this.#g)}</p>`:d}
    `}get#g(){let{words:C,rule:H,span:V}=this.#C.filter;return C||H||V?"searching":"loading"}#b(C,H,V){let M=H.delivery_id===this.#L,{connections:r,filter:e}=this.#C,t=r.find(o=>o.config_entry_id===H.config_entry_id)?.title??"",i=r.length>1&&e.connection===void 0;return a`
      ${Q2({hass:C,row:H,open:M,tabbed:V,connection:i?t:void 0,toggle:()=>this.#y(H)})}
      ${M?G2({hass:C,row:H,connection:t,more:this.#e,asker:this.#t,asking:this.#A,busy:this.#a,ask:o=>this.#_(o),act:o=>{this.#N(H,o)},copy:()=>{this.#E(H.delivery_id)}}):d}
    `}#k(C,H){let V=new Date,M=B(C,new Date(H.accepted_at));return M===B(C,V)?this.#o("today"):(V.setDate(V.getDate()-1),M===B(C,V)?this.#o("yesterday"):M)}#P(){let{ready:C,hasMore:H,error:V,connections:M,filter:r}=this.#C;if(!C||H){let t=this.#o(this.#g);return a`<p class="nothing">${V===void 0?t:d}</p>`}let e=(t,i)=>this.hass?.user?.is_admin?a`<a class="action" href=${t}>${this.#o(i)}</a>`:d;return M.length===0?this.#h(R.noConnection,"no_connection_title","no_connection",()=>e(Y5,"add_connection")):x2(r,this.#c)?r.choice===void 0?this.#h(R.nothingYet,"empty_title","empty",()=>e(J5,"add_rule")):this.#h(R.allWell,"no_match_title","no_match",()=>d):this.#h(R.noMatch,"no_match_title","no_match",()=>a`<button class="action" @click=${()=>this.#l(this.#c)}>${this.#o("show_all")}</button>`)}#h(C,H,V,M){return a`<div class="empty">
      ${K(C)}
      <strong>${this.#o(H)}</strong>
      <p>${this.#o(V)}</p>
      ${M()}
    </div>`}#T(C){return a`<div class="failure" role="alert">
      <p>${this.#o("failed_to_load",{reason:C})}</p>
      <button class="action" @click=${()=>this.#C.reload()}>
        ${this.#o("again")}
      </button>
    </div>`}#y(C){if(this.#L===C.delivery_id){this.#O();return}this.#O(),this.#r="",this.#L=C.delivery_id,this.#u("exceptions"),this.#R(C)}#O(){this.#L=this.#e=this.#t=this.#A=void 0,this.requestUpdate()}async#R(C){let H="event_relay/deliveries/get",{hass:V}=this;try{if(V?.user?.is_admin){let e=await V.callWS({type:H,delivery_id:C.delivery_id});this.#L===C.delivery_id&&(this.#e=e)}}catch{}this.requestUpdate(),await this.updateComplete,this.#V.reveal(this.#C.rows.findIndex(e=>e.delivery_id===C.delivery_id));let M=this.#e;if(V===void 0||M===void 0||this.#L!==C.delivery_id)return;let r=await d2(V,C,M);this.#e===M&&(this.#t=r),this.requestUpdate()}#v=()=>{let C=new URLSearchParams(window.location.search),[H,V]=[C.get(C3),C.get(H3)];if(this.#H===void 0||H===this.#d&&V===this.#p)return;this.#d=H,this.#p=V,this.#n=null;let{connection:M}=this.#H;H!==null?this.#l({connection:M,words:H}):V!==null&&this.#l({connection:M,rule:V})};#F(){let{filter:C,ready:H,hasMore:V,rows:M,connections:r}=this.#C,e=this.#H?.connection;if(e===void 0||!H||V||M.length>0)return;let t=r.find(i=>i.config_entry_id===e);if(C.rule!==void 0&&C.rule===this.#p){if(t?.subentries.some(i=>i.subentry_id===C.rule))return}else if(C.words===void 0||C.words!==this.#d)return;this.#l(this.#c)}#D(){let{filter:C,rows:H}=this.#C,[V]=H;V===void 0||V.delivery_id!==this.#d||this.#L!==void 0||C.words===this.#d&&this.#n!==this.#d&&(this.#n=this.#d,this.#y(V))}async#E(C){this.#r=this.#o(await B2(C)?"copied":"not_copied"),this.requestUpdate()}#_(C){this.#A=C,this.requestUpdate(),this.updateComplete.then(()=>{this.renderRoot.querySelector(".confirm .action, .actions .action")?.focus()})}async#N(C,H){let V={delivery_id:C.delivery_id};this.#a=!0,this.requestUpdate();try{if(H==="retry"){let M=C.outcome_unknown?{confirm:!0}:{};await this.hass?.callService("event_relay","retry_delivery",{...V,...M,wait:0})}else{let M=H==="arrived"?"mark_delivered":"discard_delivery";await this.hass?.callService("event_relay",M,V)}this.#r=this.#o(`done_${H}`)}catch(M){this.#r=T(M)}this.#a=!1,this.#A=void 0,this.requestUpdate(),await this.updateComplete,this.#f(C.delivery_id)}#f(C,H){for(let V of this.renderRoot.querySelectorAll("button.row"))V.dataset.id===C&&V.focus(H)}#$(C){let{id:H}=C.target.dataset;H!==void 0&&H!==this.#i&&(this.#i=H,this.requestUpdate())}#W(C){if(C.key==="Escape"&&this.#L!==void 0){let t=this.#L;this.#O(),this.#f(t),C.stopPropagation();return}let{rows:H}=this.#C,V=Number(C.target.closest("li")?.dataset.index);if(!C.target.matches("button.row"))return;let r={ArrowDown:V+1,ArrowUp:V-1,Home:0,End:H.length-1}[C.key]??-1,e=H[r];e!==void 0&&(C.preventDefault(),this.#V.reveal(r),this.#i=e.delivery_id,this.requestUpdate(),this.updateComplete.then(()=>this.#f(e.delivery_id)))}#o(C,H){return v(this.hass,C,H)}};var s1="event-relay-card";customElements.get(s1)||(customElements.define(s1,Z1),U()?.loadBackendTranslation("common","event_relay").catch(()=>{}),window.customCards??=[],window.customCards.push({type:s1,name:"Event Relay",get description(){return v(U(),"description")},preview:!0,getEntitySuggestion:(L,C)=>{let{platform:H,device_id:V}=L.entities[C]??{};if(H!=="event_relay")return null;let M=V&&L.devices[V]?.primary_config_entry;return{config:{type:`custom:${s1}`,...M?{connection:M}:{}}}}}));
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
