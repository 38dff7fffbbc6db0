namespace JellyBean.Vision.Drawing;

/// <summary>The usual 5 × 7 letters of small displays, capitals only: text that needs no font on the machine and looks the same on all.</summary>
internal static class PixelFont
{
    public const int Width = 5;
    public const int Height = 7;
    public const int Advance = Width + 1;
    private const char First = ' ';

    // Five columns per character from space to underscore, the lowest bit on top.
    private static readonly byte[] Columns = Convert.FromHexString(
        "0000000000" + "00005F0000" + "0007000700" + "147F147F14" + "242A7F2A12" + "2313086462" + "3649562050" + "0008070300" +
        "001C224100" + "0041221C00" + "2A1C7F1C2A" + "08083E0808" + "0040301000" + "0808080808" + "0000606000" + "2010080402" +
        "3E5149453E" + "00427F4000" + "7249494946" + "2141494D33" + "1814127F10" + "2745454539" + "3C4A494931" + "4121110907" +
        "3649494936" + "464949291E" + "0000140000" + "0040340000" + "0008142241" + "1414141414" + "0041221408" + "0201590906" +
        "3E415D594E" + "7C1211127C" + "7F49494936" + "3E41414122" + "7F4141413E" + "7F49494941" + "7F09090901" + "3E41415173" +
        "7F0808087F" + "00417F4100" + "2040413F01" + "7F08142241" + "7F40404040" + "7F021C027F" + "7F0408107F" + "3E4141413E" +
        "7F09090906" + "3E4151215E" + "7F09192946" + "2649494932" + "03017F0103" + "3F4040403F" + "1F2040201F" + "3F4038403F" +
        "6314081463" + "0304780403" + "6159494D43" + "007F414141" + "0204081020" + "004141417F" + "0402010204" + "4040404040");

    public static byte Column(char letter, int column)
    {
        var capital = char.ToUpperInvariant(letter);
        var index = capital - First;
        return index >= 0 && index < Columns.Length / Width ? Columns[(index * Width) + column] : Columns[(('?' - First) * Width) + column];
    }
}
