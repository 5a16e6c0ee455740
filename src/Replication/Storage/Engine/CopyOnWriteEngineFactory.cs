using Replication.Errors;
using Replication.Storage.Engine.Checkpoints;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Storage.Engine;

/// <summary>Opens engines that keep keys in a copy-on-write tree and values in an append-only log.</summary>
/// <param name="sizes">Gives the sizes of the value log in a directory; null for 4 MiB pages, two of them in memory,
/// and 64 MiB segments.</param>
internal sealed class CopyOnWriteEngineFactory(Func<string, RecordLogOptions>? sizes = null) : IKeyValueEngineFactory
{
    private const int PagesInMemoryBits = 1;

    /// <inheritdoc/>
    public IKeyValueEngine Open(IFileSystem files, IRecordLogFactory records, string directory,
        KeyValueEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(records);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(options);
        string valueDirectory = FilePath.Combine(directory, "values");
        CheckpointFiles checkpoints = new(files, directory);
        Checkpoint checkpoint = checkpoints.ReadNewest() ?? Create(files, checkpoints, directory, valueDirectory);
        RecordLogOptions logOptions = sizes?.Invoke(valueDirectory) ?? DefaultSizes(valueDirectory);
        ValueLogRestore restore = new(checkpoint, valueDirectory, options.ValueCacheBytesMax);
        IRecordLog log = records.Open(files, logOptions, restore, out RecordLogReport report);
        try
        {
            restore.Finish(log, report);
            checkpoint = checkpoint with { Voids = VoidsOf(checkpoint, log, restore.HasRecordsBeyond) };
            return new CopyOnWriteEngine(options, logOptions, checkpoints, checkpoint, log, restore);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    private static RecordLogOptions DefaultSizes(string directory)
    {
        RecordLogOptions standard = new() { Directory = directory };
        return new RecordLogOptions { Directory = directory,
            MemorySizeBits = standard.PageSizeBits + PagesInMemoryBits };
    }

    // A checkpoint file from the first moment on: a value log without one has lost it.
    private static Checkpoint Create(IFileSystem files, CheckpointFiles checkpoints, string directory,
        string valueDirectory)
    {
        if (files.List(valueDirectory).Count > 0)
        {
            throw new StorageCorruptedException(
                directory,
                0,
                $"there is a value log in '{valueDirectory}' but no checkpoint. "
                    + StorageCorruptedException.WhatToDo);
        }

        FilePath.CreateDurableDirectory(files, directory);
        Checkpoint empty = new() { Sequence = 0 };
        checkpoints.Write(empty);
        return empty;
    }

    private static List<AddressRange> VoidsOf(Checkpoint checkpoint, IRecordLog log, bool hasRecordsBeyond)
    {
        List<AddressRange> voids = [.. checkpoint.Voids.Where(range => range.To > log.BeginAddress)];
        if (hasRecordsBeyond)
        {
            voids.Add(new AddressRange(checkpoint.EndAddress, log.TailAddress));
        }

        return voids;
    }
}
