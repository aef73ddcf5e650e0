namespace Chela.Gateway.Hosting.Desk;

/// <summary>Why the configuration file was left as it is.</summary>
public enum ConfigRefusal
{
    /// <summary>A gateway would not start with what it is to hold.</summary>
    Invalid,

    /// <summary>There is no such setting, backup or file.</summary>
    NotFound,

    /// <summary>Somebody else changed it meanwhile.</summary>
    Changed,

    /// <summary>The disk refuses.</summary>
    NotWritable,
}

/// <summary>One mistake in a configuration.</summary>
/// <param name="Key">The dotted key; empty where the file as a whole is at fault.</param>
/// <param name="Message">What is wrong. Never holds the value: it may be a secret.</param>
/// <param name="Place">Where a person finds it: <c>chela.json:3:5</c>, or the name of a variable; empty for a value that was given just now.</param>
public sealed record ConfigFault(string Key, string Message, string Place)
{
    /// <summary>One line.</summary>
    public override string ToString() => $"{string.Join(' ', new[] { Place, Key }.Where(word => word.Length > 0))}: {Message}";
}

/// <summary>The configuration file was not changed, or cannot be read.</summary>
public sealed class ConfigRefusedException : Exception
{
    /// <summary>Creates the exception from a sentence.</summary>
    public ConfigRefusedException(ConfigRefusal reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>Creates the exception from everything that is wrong.</summary>
    public ConfigRefusedException(IReadOnlyList<ConfigFault> faults)
        : base(string.Join('\n', faults)) => (Reason, Faults) = (ConfigRefusal.Invalid, faults);

    /// <summary>Why.</summary>
    public ConfigRefusal Reason { get; }

    /// <summary>Each mistake; empty where the sentence says it all.</summary>
    public IReadOnlyList<ConfigFault> Faults { get; } = [];
}
