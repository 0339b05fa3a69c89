"""The literature that cautions and recommendations rest on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A publication: who, when, where."""

    authors: str
    year: int
    where: str

    def __str__(self) -> str:
        return f"{self.authors} ({self.year}), {self.where}"


ARZANI = Source("Arzani, Cassel & D'Souza", 2023, "J. Comput. Phys. 473, 111768")
BASIR = Source("Basir", 2023, "Commun. Comput. Phys. 33, 1240, arXiv 2209.09988")
BRUNTON = Source("Brunton, Proctor & Kutz", 2016, "PNAS 113, 3932, arXiv 1509.03580")
CHEN_NODE = Source("Chen et al.", 2018, "NeurIPS 31, arXiv 1806.07366")
CRANDALL = Source("Crandall & Lions", 1983, "Trans. Amer. Math. Soc. 277, 1")
DE_RYCK = Source("De Ryck, Mishra & Molinaro", 2024, "SIAM J. Numer. Anal. 62, 811, arXiv 2207.08483")
DONG = Source("Dong & Li", 2021, "Comput. Methods Appl. Mech. Eng. 387, 114129, arXiv 2012.02895")
FUKS = Source("Fuks & Tchelepi", 2020, "J. Mach. Learn. Model. Comput. 1, 19")
GROSSMANN = Source("Grossmann et al.", 2024, "IMA J. Appl. Math. 89, 143, arXiv 2302.04107")
GUTENKUNST = Source("Gutenkunst et al.", 2007, "PLoS Comput. Biol. 3, e189")
HADAMARD = Source("Hadamard", 1923, "Lectures on Cauchy's Problem, Yale University Press")
HAN = Source("Han, Jentzen & E", 2018, "PNAS 115, 8505, arXiv 1707.02568")
JI = Source("Ji et al.", 2021, "J. Phys. Chem. A 125, 8098, arXiv 2011.04520")
KRISHNAPRIYAN = Source("Krishnapriyan et al.", 2021, "NeurIPS 34, arXiv 2109.01050")
LU = Source("Lu et al.", 2021, "Nature Machine Intelligence 3, 218, arXiv 1910.03193")
MOSELEY = Source("Moseley, Markham & Nissen-Meyer", 2023, "Adv. Comput. Math. 49, 62, arXiv 2107.07871")
RAHAMAN = Source("Rahaman et al.", 2019, "ICML, PMLR 97, 5301, arXiv 1806.08734")
RAISSI = Source("Raissi, Perdikaris & Karniadakis", 2019, "J. Comput. Phys. 378, 686")
RAUE = Source("Raue et al.", 2009, "Bioinformatics 25, 1923")
ROHRHOFER = Source("Rohrhofer et al.", 2023, "Trans. Mach. Learn. Res., arXiv 2203.13648")
WANG_CAUSAL = Source(
    "Wang, Sankaran & Perdikaris", 2024, "Comput. Methods Appl. Mech. Eng. 421, 116813, arXiv 2203.07404"
)
WANG_FOURIER = Source(
    "Wang, Wang & Perdikaris", 2021, "Comput. Methods Appl. Mech. Eng. 384, 113938, arXiv 2012.10047"
)
WANG_GRADIENTS = Source("Wang, Teng & Perdikaris", 2021, "SIAM J. Sci. Comput. 43, A3055, arXiv 2001.04536")
