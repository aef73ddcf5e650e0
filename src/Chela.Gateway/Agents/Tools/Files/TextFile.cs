using System.Text;

namespace Chela.Gateway.Agents.Tools.Files;

/// <summary>Text files of a workspace: read within bounds, replaced whole.</summary>
internal static class TextFile
{
    /// <summary>The largest file that is read.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a file; a refusal where it is none.</summary>
    public static string Read(WorkspaceEntry file, string path) =>
        TryRead(file) ?? throw new ToolRefusal($"{WorkspacePath.Show(path)} is no text in UTF-8.");

    /// <summary>The text of a file; null where it is none.</summary>
    public static string? TryRead(WorkspaceEntry file)
    {
        if (file.Size > MaxBytes)
        {
            throw new ToolRefusal($"The file has {file.Size} bytes; only files of up to {MaxBytes} bytes can be read.");
        }

        var bytes = ReadBytes(file);
        if (bytes.Contains((byte)0))
        {
            return null;
        }

        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Puts a text in the place of what the file held, at one instant and on disk; keeps who may use it.</summary>
    public static void Replace(WorkspaceEntry folder, string name, string path, string text)
    {
        using var old = folder.Child(name);
        if (old.Kind != EntryKind.Nothing)
        {
            Workspace.MustBeFile(old, path);
        }

        var temporary = folder.PathOf($".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(handle, Strict.GetBytes(text), 0);
                if (old.Kind == EntryKind.File && !OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(handle, File.GetUnixFileMode(old.Path));
                }

                RandomAccess.FlushToDisk(handle);
            }

            File.Move(temporary, folder.PathOf(name), overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>The content of a file: no more than it had when it was found, even if it grows meanwhile.</summary>
    public static byte[] ReadBytes(WorkspaceEntry file)
    {
        using var handle = file.OpenRead();
        var bytes = new byte[(int)file.Size];
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(length), length) is > 0 and var read)
        {
            length += read;
        }

        return length == bytes.Length ? bytes : bytes[..length];
    }
}
