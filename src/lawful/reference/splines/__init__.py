"""Laws on a box by splines collocated at Gauss points: steady ones, and the method of lines."""

from .method_of_lines import MethodOfLines as MethodOfLines
from .steady import Steady as Steady
