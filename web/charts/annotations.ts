// Objective lines, direct labels and spans: a chunk of its own, because the lines themselves need not wait for it.
import { Chart } from 'chart.js';
import annotation from 'chartjs-plugin-annotation';

Chart.register(annotation);
