using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Chela.Contracts.Channels;
using Chela.Contracts.Plugins;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Plugins;

/// <summary>
/// The plugins that were asked for. One is loaded when an account asks for it for the first time, and then never again; one that cannot be loaded is disabled,
/// and tried again when an account asks again.
/// </summary>
/// <param name="folder">The folder of all plugins.</param>
internal sealed partial class PluginSet(string folder, TimeProvider time, ILogger<PluginSet> logger)
{
    /// <summary>How long a plugin may take to come, and to open a channel.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<Func<PluginAccount, IChannel>>> _plugins = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);

    /// <summary>The plugins that are loaded.</summary>
    public IReadOnlyList<string> Loaded
    {
        get
        {
            lock (_gate)
            {
                return [.. _plugins.Where(plugin => plugin.Value.IsCompletedSuccessfully).Select(plugin => plugin.Key).Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Why those are disabled that are.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    /// <summary>Has a plugin make the channel of an account.</summary>
    /// <exception cref="ChannelRefusedException">The plugin is disabled.</exception>
    public async Task<IChannel> OpenAsync(string id, PluginAccount account, CancellationToken ct)
    {
        try
        {
            var open = await LoadingOf(id).WaitAsync(Limit, time, ct);
            var channel = await Background.Run(() => Task.FromResult(open(account))).WaitAsync(Limit, time, ct);
            _problems.TryRemove(id, out _);
            return channel ?? throw new ChannelRefusedException($"The plugin {id} opened no channel for the account {account.Name}.");
        }
        catch (TimeoutException)
        {
            throw Disabled(id, $"it took longer than {Limit.TotalSeconds} s to load, or to open a channel; mend it and restart the gateway");
        }
        catch (Exception e) when (ReasonOf(e) is { } reason)
        {
            throw Disabled(id, reason);
        }
    }

    private ChannelRefusedException Disabled(string id, string reason)
    {
        _problems[id] = reason;
        return new ChannelRefusedException($"The plugin {id} is disabled: {reason}.");
    }

    private Task<Func<PluginAccount, IChannel>> LoadingOf(string id)
    {
        lock (_gate)
        {
            if (_plugins.GetValueOrDefault(id) is not { IsFaulted: false } loading)
            {
                _plugins[id] = loading = Background.Run(() => Task.FromResult(Load(id)));
            }

            return loading;
        }
    }

    private Func<PluginAccount, IChannel> Load(string id)
    {
        var (manifest, file) = new PluginFolder(folder, id).Read();
        var registry = new Registry(file);
        Register(id, file, registry);
        var open = registry.Open ?? throw new PluginException($"{file} registers no channel", "its Register has to call AddChannel");
        Log.Loaded(logger, id, manifest.Version ?? "without a version");
        return open;
    }

    [SuppressMessage("Design", "CA1031", Justification = "The boundary to a plugin's code: one that fails is disabled, and everything else runs on.")]
    private void Register(string id, string file, Registry registry)
    {
        try
        {
            EntryOf(new PluginContext(id, file).Load(), file).Register(registry);
        }
        catch (BadImageFormatException)
        {
            throw new PluginException($"{file} is no assembly of .NET", "build the plugin into this folder");
        }
        catch (Exception e) when (ReasonOf(e) is null)
        {
            Log.Failed(logger, id, e);
            throw new PluginException($"{file} failed when it was loaded", "the log of the gateway says why");
        }
    }

    private static IPlugin EntryOf(Assembly assembly, string file)
    {
        Type[] entries = [.. assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IPlugin).IsAssignableFrom(type))];
        return entries is [var entry] && entry.GetConstructor(Type.EmptyTypes) is { } constructor
            ? (IPlugin)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [], null)
            : throw new PluginException($"{file} has {entries.Length} public classes that implement IPlugin", "it must have one, with a constructor without parameters");
    }

    /// <summary>Why a plugin can be of no use; null where it just failed.</summary>
    private static string? ReasonOf(Exception e) => e switch
    {
        PluginException => e.Message,
        ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } => Missing(first.Message),
        TypeLoadException or MissingMemberException or FileLoadException => Missing(e.Message),
        FileNotFoundException { FileName: { } name } when name.Contains(", Version=", StringComparison.Ordinal) => Missing(name),
        _ => null,
    };

    private static string Missing(string what) =>
        $"it needs what is not there: {what}; build it with all that it uses, against Chela.Contracts {typeof(IPlugin).Assembly.GetName().Version}";

    private sealed class Registry(string file) : IPluginRegistry
    {
        public Func<PluginAccount, IChannel>? Open { get; private set; }

        public void AddChannel(Func<PluginAccount, IChannel> open) =>
            Open = Open is null ? open : throw new PluginException($"{file} adds two channels", "its Register may call AddChannel once");
    }

    private static partial class Log
    {
        [LoggerMessage(1920, LogLevel.Information, "The plugin {Plugin} is loaded ({Version})")]
        public static partial void Loaded(ILogger logger, string plugin, string version);

        [LoggerMessage(1921, LogLevel.Error, "The plugin {Plugin} failed when it was loaded")]
        public static partial void Failed(ILogger logger, string plugin, Exception e);
    }
}
