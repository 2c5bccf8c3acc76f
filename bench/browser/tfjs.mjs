// What a page needs of TensorFlow.js to train on WebGL, as one module.
import '@tensorflow/tfjs-backend-webgl'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'

export * from '@tensorflow/tfjs-core'
