using Chela.Contracts.Plugins;

namespace HelloPlugin;

// docs/guides/plugin.md shows what stands between "guide: begin" and "guide: end", here and in the other file.

// guide: begin
/// <summary>What the gateway finds in this assembly.</summary>
public sealed class Hello : IPlugin
{
    /// <inheritdoc/>
    public void Register(IPluginRegistry registry) => registry.AddChannel(account => new LineChannel(account));
}
// guide: end
