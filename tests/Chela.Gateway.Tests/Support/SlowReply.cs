namespace Chela.Gateway.Tests.Support;

/// <summary>What the echo model is asked for where a run is to have begun and not to end: the first words come soon, and all of them take minutes.</summary>
internal static class SlowReply
{
    public static readonly string Question = "/slow 300 " + string.Join(' ', Enumerable.Range(1, 1000));
}
