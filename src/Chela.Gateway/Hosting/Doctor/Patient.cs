using Chela.Gateway.Config;
using Chela.Gateway.Hosting.Desk;
using Chela.Gateway.Hosting.Security;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>What the doctor looks at.</summary>
/// <param name="Setup">The configuration as a start would read it, or the defaults where it is no good; and where everything lies.</param>
/// <param name="Time">The clock.</param>
/// <param name="IsDeep">Whether journals are read whole and providers are asked.</param>
internal sealed record Patient(AuditedSetup Setup, TimeProvider Time, bool IsDeep)
{
    /// <summary>The configuration file; null where not even its variables can be read.</summary>
    public ConfigDesk? Desk { get; init; }

    /// <summary>The gateway that runs on the state directory; null where none does.</summary>
    public int? Running { get; init; }

    public ChelaConfig Config => Setup.Config;

    public StatePaths Paths => Setup.Paths;

    /// <summary>The state directory, or the first folder above it that there is.</summary>
    public string Ground
    {
        get
        {
            var folder = Paths.Root;
            while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
            {
                folder = above;
            }

            return folder;
        }
    }
}
