namespace Chela.Bench;

/// <summary>A program that is measured.</summary>
/// <param name="Executable">Where it was published to.</param>
/// <param name="IsGateway">False for the bare Kestrel.</param>
internal sealed record Subject(string Executable, bool IsGateway)
{
    /// <summary>Where its crowds connect: the gateway's root wants a login; the other echoes everywhere.</summary>
    public string SocketPath => IsGateway ? "/" : "/echo";
}
