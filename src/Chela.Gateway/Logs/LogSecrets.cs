using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Chela.Gateway.Logs;

/// <summary>Takes secrets out of a line of the log: those that are known, and what looks like one.</summary>
/// <param name="known">The secrets of this gateway when it starts.</param>
internal sealed partial class LogSecrets(IEnumerable<string?> known)
{
    private const string Hidden = "***";

    /// <summary>Shorter ones would hide ordinary words.</summary>
    private const int ShortestKnown = 8;

    /// <summary>So many of those that were made later are remembered: more than can open the gateway at once.</summary>
    private const int MaxMade = 16;

    private ImmutableArray<string> _known = Encoded(known);
    private ImmutableArray<string> _former = [];
    private ImmutableArray<string> _made = [];

    /// <summary>Takes the secrets of another configuration; those of the one before are still hidden, as what is under way uses them.</summary>
    public void Know(IEnumerable<string?> secrets) => (_former, _known) = (_known, Encoded(secrets));

    /// <summary>Hides a secret that was made meanwhile; to be called before anybody hears of it.</summary>
    public void Add(string secret)
    {
        if (IsLong(secret))
        {
            ImmutableInterlocked.Update(ref _made, (made, added) => [.. made.TakeLast(MaxMade - 1), added], Encode(secret));
        }
    }

    /// <summary>The line without secrets.</summary>
    /// <param name="line">A JSON object as text, or plain text.</param>
    public string Hide(string line)
    {
        foreach (var secret in _known.AddRange(_former).AddRange(_made))
        {
            line = line.Replace(secret, Hidden, StringComparison.Ordinal);
        }

        line = Bearer().Replace(line, "$1" + Hidden);
        line = Named().Replace(line, "$1" + Hidden);
        line = ApiKey().Replace(line, Hidden);
        return UserInfo().Replace(line, $"://{Hidden}@");
    }

    private static ImmutableArray<string> Encoded(IEnumerable<string?> secrets) => [.. secrets.OfType<string>().Where(IsLong).SelectMany(secret => new[] { Encode(secret), secret }).Distinct()];

    private static bool IsLong(string secret) => secret.Length >= ShortestKnown;

    /// <summary>As it stands in a line of JSON.</summary>
    private static string Encode(string secret) => JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();

    [GeneratedRegex("(Bearer\\s+)[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex Bearer();

    [GeneratedRegex("((?:token|password|secret|api[_-]?key)\\\\?[\"']?\\s*[=:]\\s*\\\\?[\"']?)[^\\s\"'\\\\&,;}]{6,}", RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    [GeneratedRegex("\\bsk-[A-Za-z0-9_-]{16,}")]
    private static partial Regex ApiKey();

    [GeneratedRegex("://[^/@\\s\"]+@")]
    private static partial Regex UserInfo();
}
