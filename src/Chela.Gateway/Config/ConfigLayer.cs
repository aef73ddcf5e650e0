using System.Text.Json.Nodes;

namespace Chela.Gateway.Config;

/// <summary>Where a setting comes from; a later layer wins.</summary>
internal enum ConfigLayer
{
    /// <summary>Built in.</summary>
    Default,

    /// <summary>The configuration file.</summary>
    File,

    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>An option of the command line.</summary>
    CommandLine,

    /// <summary>A call, for as long as the gateway runs.</summary>
    Override,
}

/// <summary>What one layer sets.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Values">The settings, shaped like the file.</param>
/// <param name="Place">Names the place of a setting, given its JSON pointer and whether its name (not its value) is meant.</param>
internal sealed record LayerValues(ConfigLayer Layer, JsonObject Values, Func<string, bool, string> Place);
