using System.Globalization;

namespace Chela.Gateway.Config;

/// <summary>What the user's own names may be, of accounts, providers, servers: they become parts of keys and of addresses.</summary>
internal static class NameRule
{
    /// <summary>The longest name where nothing else is said.</summary>
    public const int Longest = 64;

    /// <summary>The rule in words.</summary>
    public static string Words(int longest = Longest) =>
        string.Create(CultureInfo.InvariantCulture, $"1 to {longest} of a-z, 0-9, - and _, the first a letter or digit");

    /// <summary>True for a name that follows it.</summary>
    public static bool Fits(string name, int longest = Longest) =>
        name.Length > 0
        && name.Length <= longest
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')
        && char.IsAsciiLetterOrDigit(name[0]);
}
