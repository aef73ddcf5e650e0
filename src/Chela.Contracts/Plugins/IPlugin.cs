using Chela.Contracts.Channels;

namespace Chela.Contracts.Plugins;

/// <summary>
/// The entry of a plugin: the one public class of its assembly that implements this, with a constructor without parameters. It is made once in the life of
/// the gateway, when an account of the configuration asks for the plugin. A plugin that throws here is disabled; the gateway runs on without it.
/// </summary>
public interface IPlugin
{
    /// <summary>Tells the gateway what the plugin adds. It has 30 seconds; what it tells after it returned does not count.</summary>
    void Register(IPluginRegistry registry);
}

/// <summary>Takes what a plugin adds to the gateway.</summary>
public interface IPluginRegistry
{
    /// <summary>Adds a channel; a plugin has at most one.</summary>
    /// <param name="open">
    /// Makes the object of one account, anew each time that the account is connected. It may implement the other interfaces of
    /// <see cref="Chela.Contracts.Channels"/> too. What its platform can take it is asked once, before <see cref="IChannel.RunAsync"/>, for a target without a chat.
    /// One that is <see cref="IDisposable"/> is disposed of when its connection has ended.
    /// </param>
    void AddChannel(Func<PluginAccount, IChannel> open);
}
