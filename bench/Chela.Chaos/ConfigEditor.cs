namespace Chela.Chaos;

/// <summary>Puts contents into the configuration file in the ways of editors, of programs and of people in a hurry.</summary>
internal sealed class ConfigEditor(string path, Random random)
{
    private const int LongestPauseMs = 200;

    private static readonly string[] Ways = ["in place", "in two halves", "renamed over it", "behind another link", "after a time without a file"];

    /// <summary>Puts a content there and says how.</summary>
    public async Task<string> PutAsync(byte[] text)
    {
        var way = random.Next(Ways.Length);
        switch (way)
        {
            case 0:
                await File.WriteAllBytesAsync(path, text);
                break;
            case 1:
                await PutInHalvesAsync(text);
                break;
            case 2:
                await File.WriteAllBytesAsync(path + ".new", text);
                File.Move(path + ".new", path, overwrite: true);
                break;
            case 3:
                var target = $"{path}.{random.Next(2)}";
                await File.WriteAllBytesAsync(target, text);
                File.Delete(path);
                File.CreateSymbolicLink(path, target);
                break;
            default:
                File.Delete(path);
                await Task.Delay(random.Next(LongestPauseMs));
                await File.WriteAllBytesAsync(path, text);
                break;
        }

        return Ways[way];
    }

    private async Task PutInHalvesAsync(byte[] text)
    {
        await using var file = File.Create(path);
        await file.WriteAsync(text.AsMemory(0, text.Length / 2));
        await file.FlushAsync();
        await Task.Delay(random.Next(LongestPauseMs));
        await file.WriteAsync(text.AsMemory(text.Length / 2));
    }
}
