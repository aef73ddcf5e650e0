using System.Globalization;

namespace Chela.Gateway.Storage;

/// <summary>
/// The ring of former contents of a document. They lie beside the name the document is known by, also when that is a link: a link
/// may lead to a place that others read.
/// </summary>
internal sealed class DocumentBackups(string path, DocumentOptions options)
{
    /// <summary>Makes the present content the latest backup. A missing or empty document would only push a useful one out.</summary>
    public void Keep(string target)
    {
        options.Step?.Invoke(StorageSteps.DocumentBeforeBackup);
        if (options.Backups == 0 || new FileInfo(target) is not { Exists: true, Length: > 0 })
        {
            return;
        }

        // A copy under another name first: at no instant is a content only half in the ring.
        var copy = $"{path}.{Environment.ProcessId}.bak.tmp";
        using (var from = PrivateFile.OpenRead(target))
        using (var to = PrivateFile.CreateTemporary(copy))
        {
            PrivateFile.Copy(from, 0, to);
            RandomAccess.FlushToDisk(to);
        }

        options.Step?.Invoke(StorageSteps.DocumentBeforeShift);
        Shift();
        options.Step?.Invoke(StorageSteps.DocumentAfterShift);
        File.Move(copy, Backup(1), overwrite: true);
        PrivateFolder.Flush(Path.GetDirectoryName(path)!); // a full path of a file has one
    }

    /// <summary>Frees the first place. A gap that a crash left is filled, so that it does not cost the oldest backup.</summary>
    private void Shift()
    {
        var free = 1;
        while (free < options.Backups && File.Exists(Backup(free)))
        {
            free++;
        }

        for (var number = free; number > 1; number--)
        {
            File.Move(Backup(number - 1), Backup(number), overwrite: true);
        }
    }

    private string Backup(int number) => string.Create(CultureInfo.InvariantCulture, $"{path}.bak.{number}");
}
