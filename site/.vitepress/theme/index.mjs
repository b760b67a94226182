import DefaultTheme from 'vitepress/theme-without-fonts';
import './gallery.css';

export default DefaultTheme;
