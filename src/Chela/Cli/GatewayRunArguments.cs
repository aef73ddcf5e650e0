using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Chela.Cli;

/// <summary>
/// Reads the plain form of <c>gateway run</c>'s options (<c>--name value</c>, each once) without the command-line library: loading
/// and compiling it takes longer than the rest of this program. Anything else, help and mistakes too, is left to
/// <see cref="GatewayRunCommand"/>.
/// </summary>
internal static class GatewayRunArguments
{
    /// <summary>False where the command-line library has to look.</summary>
    public static bool TryRead(ReadOnlySpan<string> args, [NotNullWhen(true)] out GatewayRunOptions? options)
    {
        options = null;
        var read = new GatewayRunOptions();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i++)
        {
            if (!seen.Add(args[i]))
            {
                return false;
            }

            if (Marked(read, args[i]) is { } marked)
            {
                read = marked;
            }
            else if (i + 1 == args.Length || args[i + 1].StartsWith('-') || With(read, args[i], args[++i]) is not { } more)
            {
                return false;
            }
            else
            {
                read = more;
            }
        }

        options = read;
        return true;
    }

    /// <summary>With an option that has no value; null where it is none, or contradicts another.</summary>
    private static GatewayRunOptions? Marked(GatewayRunOptions options, string name) => name switch
    {
        GatewayRunCommand.VerboseName => options with { Verbose = true },
        GatewayRunCommand.SafeModeName when options.SafeMode is null => options with { SafeMode = true },
        GatewayRunCommand.NoSafeModeName when options.SafeMode is null => options with { SafeMode = false },
        _ => null,
    };

    private static GatewayRunOptions? With(GatewayRunOptions options, string name, string value) => name switch
    {
        GatewayRunCommand.PortName => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? options with { Port = port }
            : null,
        GatewayRunCommand.BindName => options with { Bind = value },
        GatewayRunCommand.StateDirName => options with { StateDirectory = value },
        GatewayRunCommand.TokenName => options with { Token = value },
        GatewayRunCommand.ConfigName => options with { ConfigFile = value },
        _ => null,
    };
}
