using System.Text.RegularExpressions;

namespace Chela.Gateway.Config.Secrets;

/// <summary>Tells where a secret can stand: in a setting that has the name of one, or below such a setting.</summary>
internal static partial class SecretNames
{
    /// <summary>True when a setting of this name holds a secret.</summary>
    public static bool IsSecret(string name) => SecretName().IsMatch(name);

    /// <summary>True when the setting of this path holds a secret.</summary>
    public static bool IsSecretPath(IEnumerable<string> path) => path.Any(IsSecret);

    [GeneratedRegex("token|password|passwd|passphrase|secret|api_?key|private_?key|credential|^headers$|^env$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
