import { newImage, oldImage } from './images';

newImage();
oldImage();
