namespace Chela.Bench;

/// <summary>How large the questions about many connections are.</summary>
internal sealed record ConnectionOptions
{
    /// <summary>Connections that idle, hear a broadcast, and come back after a restart.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>Connections that never read.</summary>
    public int Deaf { get; init; } = 1000;

    /// <summary>Events of the trial of the resumption.</summary>
    public int Events { get; init; } = 100_000;

    /// <summary>How often its connection is cut.</summary>
    public int Cuts { get; init; } = 1000;

    /// <summary>How long each load is measured, in seconds.</summary>
    public double Seconds { get; init; } = 5;

    /// <summary>
    /// What the gateway is told beyond its defaults: room for everyone, and chat without a limit, for one client plays many. The bounds
    /// of those who have not logged in stay as they are; crowds spread over many addresses of this machine.
    /// </summary>
    public (string Key, string Value)[] Settings =>
    [
        ("gateway.limits.maxConnections", $"{Connections + 100}"),
        ("gateway.limits.maxChatPerMinute", "0"),
        ("gateway.limits.maxChatPerMinutePerAddress", "0"),
    ];

    /// <summary>The arguments of a crowd.</summary>
    /// <param name="connections">How many.</param>
    /// <param name="logins">How many of them log in at the same time.</param>
    public static string[] Crowd(int connections, int logins = 128) =>
        ["--mode", "hold", "--connections", $"{connections}", "--logins", $"{logins}", "--addresses", "250"];
}
