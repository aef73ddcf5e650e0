using System.Text.RegularExpressions;

namespace Chela.Gateway.Config.Secrets;

/// <summary>Tells where a secret can stand: in a setting that has the name of one, or below such a setting.</summary>
internal static partial class SecretNames
{
    /// <summary>Settings that hold others whose names somebody else chooses: the variables of a program, and what a plugin is told.</summary>
    private static readonly string[] Foreign = ["env", "settings"];

    /// <summary>True when a setting of this name holds a secret.</summary>
    public static bool IsSecret(string name) => SecretName().IsMatch(name);

    /// <summary>True when the setting of this path holds a secret.</summary>
    public static bool IsSecretPath(IEnumerable<string> path) => path.Any(IsSecret);

    /// <summary>True when a text at a path is a secret. Most of what others name are none: those are that are named like one, or long enough to be one.</summary>
    public static bool IsSecret(IReadOnlyCollection<string> path, string text) =>
        IsSecretPath(path.Except(Foreign)) || (path.Intersect(Foreign).Any() && text.Length >= SecretRule.MinLength);

    [GeneratedRegex("token|password|passwd|passphrase|secret|api_?key|private_?key|encrypt_?key|credential|^headers$|^env$|^settings$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
