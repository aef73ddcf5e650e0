using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>What can be sent as a header.</summary>
internal static class HeaderRule
{
    /// <summary>The problems, each with a dotted key.</summary>
    /// <param name="path">The key that holds the headers.</param>
    /// <param name="headers">Names and values.</param>
    public static IEnumerable<(string Path, string Message)> Problems(string path, IReadOnlyDictionary<string, string>? headers)
    {
        foreach (var (header, value) in headers ?? new Dictionary<string, string>())
        {
            if (header.Length is 0 or > 128 || !header.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                yield return (path, $"has a header whose name is not made of letters, digits, - and _: '{JsonText.Show(header)}'");
            }
            else if (value.Any(c => c is < ' ' or > '~'))
            {
                yield return ($"{path}.{header}", "must be made of printable ASCII characters");
            }
        }
    }
}
