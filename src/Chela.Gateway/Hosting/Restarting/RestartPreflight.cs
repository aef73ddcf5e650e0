using Chela.Gateway.Config;
using Chela.Gateway.Config.Reloading;

namespace Chela.Gateway.Hosting.Restarting;

/// <summary>Looks, before anything stops, whether the gateway would start again.</summary>
internal sealed class RestartPreflight(ConfigFile file, ConfigReload reload)
{
    /// <summary>Why it would not; null where nothing speaks against it.</summary>
    public async Task<string?> RefusalAsync(CancellationToken ct)
    {
        try
        {
            var content = await file.ReadAsync(ct);
            if (content.IsBlank && !file.Content.IsBlank)
            {
                return $"{file.Path} is {(content.Text is null ? "gone" : "empty")}";
            }

            await reload.CheckAsync(content, ct);
            return null;
        }
        catch (ConfigException wrong)
        {
            return string.Join("; ", wrong.Problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return $"{file.Path} cannot be read: {e.Message}";
        }
    }
}
