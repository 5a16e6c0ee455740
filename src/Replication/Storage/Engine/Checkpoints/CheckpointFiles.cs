using System.Globalization;
using Replication.Errors;
using Replication.Storage.Files;

namespace Replication.Storage.Engine.Checkpoints;

/// <summary>The checkpoint files of one engine: the newest counts, the one before it stays until the next is
/// durable.</summary>
/// <remarks>
/// A file gets its name only after its content is durable, so a damaged file that has its name was whole once: the
/// newest one being
/// damaged is an error, never a reason to go back to an older state.
/// </remarks>
internal sealed class CheckpointFiles(IFileSystem files, string directory)
{
    private const string Prefix = "checkpoint-";
    private const string Unfinished = "checkpoint.tmp";

    /// <summary>Reads the newest checkpoint.</summary>
    /// <returns>Null if there is none.</returns>
    public Checkpoint? ReadNewest()
    {
        string? newest = null;
        foreach (string name in files.List(directory))
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                newest = name;
            }
        }

        if (newest is null)
        {
            return null;
        }

        string path = PathOf(newest);
        using IFile file = files.Open(path, FileOpenMode.Existing);
        byte[] content = new byte[file.Length];
        int read = file.Read(0, content);
        Checkpoint checkpoint = CheckpointForm.Read(content.AsSpan(0, read), path);
        return newest == NameOf(checkpoint.Sequence)
            ? checkpoint
            : throw new StorageCorruptedException(path, 8,
                $"it holds checkpoint {checkpoint.Sequence}. {StorageCorruptedException.WhatToDo}");
    }

    /// <summary>Writes a checkpoint; it is durable and the newest when this returns.</summary>
    public void Write(Checkpoint checkpoint)
    {
        string unfinished = PathOf(Unfinished);
        using (IFile file = files.Open(unfinished, FileOpenMode.ExistingOrNew))
        {
            file.SetLength(0);
            file.Write(0, CheckpointForm.Write(checkpoint));
            file.Sync();
        }

        files.Rename(unfinished, PathOf(NameOf(checkpoint.Sequence)));
        files.SyncDirectory(directory);
        string previous = NameOf(checkpoint.Sequence - 1);
        foreach (string name in files.List(directory))
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && string.CompareOrdinal(name, previous) < 0)
            {
                files.Delete(PathOf(name));
            }
        }
    }

    private static string NameOf(long sequence) =>
        Prefix + Math.Max(sequence, 0).ToString("D20", CultureInfo.InvariantCulture);

    private string PathOf(string name) => FilePath.Combine(directory, name);
}
