namespace Chela.Gateway.Tests.Support;

/// <summary>Where a file of lines is damaged in turn: every third byte of its lines, which is each kind of place many times, and all around their ends.</summary>
internal static class Sweep
{
    private const int Stride = 3; // no divisor of 8: where a bit is chosen by the offset, each of the eight gets its turn

    public static IEnumerable<int> Offsets(byte[] lines) =>
        Enumerable.Range(0, lines.Length).Where(offset => offset % Stride == 0 || lines.AsSpan(Math.Max(0, offset - 1)..Math.Min(lines.Length, offset + 2)).Contains((byte)'\n'));
}
