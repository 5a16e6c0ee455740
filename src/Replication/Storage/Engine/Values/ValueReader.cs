using Replication.Errors;
using Replication.Storage.Engine.Tree;
using Replication.Storage.Records;

namespace Replication.Storage.Engine.Values;

/// <summary>Reads the value of a version from memory, or from the value log; from any thread.</summary>
internal sealed class ValueReader(IRecordLog log, string directory)
{
    /// <summary>Reads a version.</summary>
    /// <param name="version">It; null or a tombstone for a key that is not there.</param>
    /// <param name="record">The key with its value.</param>
    /// <returns>Whether there is a value.</returns>
    /// <exception cref="StorageCorruptedException">The value log holds something else at the version's
    /// address.</exception>
    public bool TryRead(KeyVersion? version, out KeyValueRecord record)
    {
        if (version is null || version.IsTombstone)
        {
            record = default;
            return false;
        }

        ReadOnlyMemory<byte> value = version.CachedValue is { } cached ? cached : ReadFromLog(version);
        record = new KeyValueRecord(version.Key, value, version.Index, version.Timestamp);
        return true;
    }

    /// <summary>Reads the record of a version that is durable in the value log.</summary>
    /// <param name="version">The version.</param>
    /// <param name="address">Where it lies.</param>
    /// <param name="destination">As long as its record.</param>
    public void ReadRecord(KeyVersion version, long address, Span<byte> destination)
    {
        log.Read(address, destination);
        if (!ValueRecord.Matches(destination, version))
        {
            throw new StorageCorruptedException(
                directory, address,
                $"the record is not of entry {version.Index}. {StorageCorruptedException.WhatToDo}");
        }
    }

    private ReadOnlyMemory<byte> ReadFromLog(KeyVersion version)
    {
        byte[] payload = new byte[ValueRecord.SizeOf(version)];
        ReadRecord(version, version.Address, payload);
        return payload.AsMemory(ValueRecord.HeaderBytes + version.Key.Length);
    }
}
