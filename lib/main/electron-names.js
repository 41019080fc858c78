'use strict';

const words = (text) => text.trim().split(/\s+/);

/**
 * Electron 45's methods on Linux, by class. Those that Weft does not have throw an error that
 * names the page of docs/api which says so.
 */
module.exports = {
  app: words(`
    configureHostResolver disableDomainBlockingFor3DAPIs disableHardwareAcceleration
    enableSandbox exit focus getAppMetrics getAppPath getApplicationInfoForProtocol
    getApplicationNameForProtocol getFileIcon getGPUFeatureStatus getGPUInfo getLocale
    getLocaleCountryCode getName getPath getPreferredSystemLanguages getSystemLocale getVersion
    hasSingleInstanceLock importCertificate isDefaultProtocolClient isEmojiPanelSupported
    isHardwareAccelerationEnabled isReady quit relaunch releaseSingleInstanceLock
    requestSingleInstanceLock resolveProxy setAboutPanelOptions setAppLogsPath
    setAsDefaultProtocolClient setBadgeCount setClientCertRequestPasswordHandler setDesktopName
    setName setPath setProxy showAboutPanel whenReady
  `),
  browserWindow: words(`
    addBrowserView blur blurWebView capturePage center close destroy flashFrame focus
    focusOnWebView getBackgroundColor getBounds getBrowserView getBrowserViews getChildWindows
    getContentBounds getContentSize getMaximumSize getMediaSourceId getMinimumSize
    getNativeWindowHandle getNormalBounds getOpacity getParentWindow getPosition getSize getTitle
    hasShadow hide isAlwaysOnTop isDestroyed isEnabled isFocused isFullScreen isFullScreenable
    isKiosk isMaximized isMenuBarAutoHide isMenuBarVisible isMinimized isModal isNormal
    isResizable isVisible isVisibleOnAllWorkspaces loadFile loadURL maximize minimize moveAbove
    moveTop reload removeBrowserView removeMenu restore setAlwaysOnTop setAspectRatio
    setAutoHideMenuBar setBackgroundColor setBounds setBrowserView setContentBounds
    setContentSize setEnabled setFullScreen setFullScreenable setHasShadow setIcon
    setIgnoreMouseEvents setKiosk setMaximumSize setMenu setMenuBarVisibility setMinimumSize
    setOpacity setParentWindow setPosition setProgressBar setResizable setShape setSize setTitle
    setTitleBarOverlay setTopBrowserView setVisibleOnAllWorkspaces show showInactive unmaximize
  `),
  browserWindowStatic: words(`
    fromBrowserView fromId fromWebContents getAllWindows getFocusedWindow
  `),
  session: words(`
    addWordToSpellCheckerDictionary allowNTLMCredentialsForDomains clearAuthCache clearCache
    clearCodeCaches clearData clearHostResolverCache clearSharedDictionaryCache
    clearSharedDictionaryCacheForIsolationKey clearStorageData closeAllConnections
    createInterruptedDownload disableNetworkEmulation downloadURL enableNetworkEmulation fetch
    flushStorageData forceReloadProxyConfig getAllExtensions getBlobData getCacheSize
    getExtension getPreloadScripts getPreloads getSharedDictionaryInfo
    getSharedDictionaryUsageInfo getSpellCheckerLanguages getStoragePath getUserAgent
    isPersistent isSpellCheckerEnabled listWordsInSpellCheckerDictionary loadExtension preconnect
    registerLocalAIHandler registerPreloadScript removeExtension
    removeWordFromSpellCheckerDictionary resolveHost
    resolveProxy setBluetoothPairingHandler setCertificateVerifyProc setCodeCachePath
    setDevicePermissionHandler setDisplayMediaRequestHandler setDownloadPath
    setPermissionCheckHandler setPermissionRequestHandler setPreloads setProxy setSSLConfig
    setSpellCheckerDictionaryDownloadURL setSpellCheckerEnabled setSpellCheckerLanguages
    setUSBProtectedClassesHandler setUserAgent unregisterPreloadScript
  `),
  sessionProperties: words(`
    availableSpellCheckerLanguages cookies extensions netLog serviceWorkers spellCheckerEnabled
    webRequest
  `),
  net: words(`fetch isOnline request resolveHost`),
  protocol: words(`
    getSource handle interceptBufferProtocol interceptFileProtocol interceptHttpProtocol
    interceptStreamProtocol interceptStringProtocol isProtocolHandled isProtocolIntercepted
    isProtocolRegistered registerBufferProtocol registerFileProtocol registerHttpProtocol
    registerSchemesAsPrivileged registerSource registerStreamProtocol registerStringProtocol
    unhandle uninterceptProtocol unregisterProtocol
  `),
  webContents: words(`
    addWorkSpace adjustSelection beginFrameSubscription canGoBack canGoForward canGoToOffset
    capturePage centerSelection clearHistory clone close closeDevTools copy copyImageAt
    copyVideoFrameAt cut delete disableDeviceEmulation downloadURL enableDeviceEmulation
    endFrameSubscription executeJavaScript executeJavaScriptInIsolatedWorld findInPage focus
    forcefullyCrashRenderer getAllSharedWorkers getBackgroundThrottling getDevToolsTitle
    getFrameRate getMediaSourceId getOSProcessId getOrCreateDevToolsTargetId getPrintersAsync
    getProcessId getTitle getType getURL getUserAgent getWebRTCIPHandlingPolicy
    getWebRTCUDPPortRange getZoomFactor getZoomLevel getZoomMode goBack goForward goToIndex
    goToOffset insertCSS insertText inspectElement inspectServiceWorker inspectSharedWorker
    inspectSharedWorkerById invalidate isAudioMuted isBeingCaptured isCaretBrowsingEnabled
    isCrashed isCurrentlyAudible isDestroyed isDevToolsFocused isDevToolsOpened isFocused
    isLoading isLoadingMainFrame isOffscreen isPainting isWaitingForResponse loadFile loadURL
    openDevTools paste pasteAndMatchStyle postMessage print printToPDF redo reload
    reloadIgnoringCache removeInsertedCSS removeWorkSpace replace replaceMisspelling savePage
    saveVideoFrameAs scrollToBottom scrollToTop selectAll send sendInputEvent sendToFrame
    setAudioMuted setBackgroundThrottling setCaretBrowsingEnabled setDevToolsTitle
    setDevToolsWebContents setFrameRate setIgnoreMenuShortcuts setImageAnimationPolicy
    setUserAgent setVisualZoomLevelLimits setWebRTCIPHandlingPolicy setWebRTCUDPPortRange
    setWindowOpenHandler setZoomFactor setZoomLevel setZoomMode startDrag startPainting stop
    stopFindInPage stopPainting takeHeapSnapshot toggleDevTools undo unselect
  `),
  webFrameMain: words(`
    collectJavaScriptCallStack copyVideoFrameAt executeJavaScript isDestroyed postMessage printToPDF
    reload saveVideoFrameAt send
  `),
  webContentsModule: words(`
    fromDevToolsTargetId fromFrame fromId getAllWebContents getFocusedWebContents
  `),
  nativeImage: words(`
    addRepresentation crop getAspectRatio getBitmap getScaleFactors getSize isEmpty
    isTemplateImage resize setTemplateImage toBitmap toDataURL toJPEG toPNG
  `),
  nativeImageModule: words(`
    createEmpty createFromBitmap createFromBuffer createFromDataURL createFromPath
  `),
};
