using System.Buffers.Binary;
using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.Storage.Files;

namespace Replication.Storage.Snapshots;

/// <summary>Reads a snapshot file front to back; hands out no byte whose checksum it has not compared.</summary>
internal sealed class SnapshotFileReader : OneWayStream
{
    private readonly IFile _file;
    private readonly string _path;
    private readonly byte[] _header = new byte[SnapshotFileFormat.HeaderBytes];
    private readonly byte[] _chunk = new byte[SnapshotFileFormat.ChunkBytesMax];
    private int _length;
    private int _read;
    private long _chunks;
    private long _offset;
    private bool _isAtEnd;

    /// <exception cref="StorageCorruptedException">The beginning is damaged.</exception>
    public SnapshotFileReader(IFile file, string path)
    {
        _file = file;
        _path = path;
        ReadExactly(0, _header);
        _offset = _header.Length;
        SnapshotFileFormat.ReadHeader(_header, path, out LogId id, out int attachmentBytes);
        Id = id;
        if (attachmentBytes < 0 || attachmentBytes > file.Length)
        {
            throw Corrupted(0, $"the attachment has {attachmentBytes} bytes in a file of {file.Length}.");
        }

        byte[] attachment = new byte[attachmentBytes];
        if (this.ReadAtLeast(attachment, attachmentBytes, throwOnEndOfStream: false) < attachmentBytes)
        {
            throw Corrupted(_offset, "the file ends within the attachment.");
        }

        Attachment = attachment;
    }

    /// <summary>Gets the last entry that the state holds.</summary>
    public LogId Id { get; }

    /// <summary>Gets what was stored beside the state.</summary>
    public ReadOnlyMemory<byte> Attachment { get; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    /// <exception cref="StorageCorruptedException">What is next is damaged.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || (_read == _length && !TryReadChunk()))
        {
            return 0;
        }

        int part = Math.Min(buffer.Length, _length - _read);
        _chunk.AsSpan(_read, part).CopyTo(buffer);
        _read += part;
        return part;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Reads on to the end, so that damage behind what a machine read is found too.</summary>
    public void CheckRest()
    {
        while (TryReadChunk())
        {
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A snapshot that is read can't be written to.");

    private bool TryReadChunk()
    {
        if (_isAtEnd)
        {
            return false;
        }

        Span<byte> head = stackalloc byte[SnapshotFileFormat.ChunkHeadBytes];
        ReadExactly(_offset, head);
        int length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length < 0 || length > SnapshotFileFormat.ChunkBytesMax)
        {
            throw Corrupted(_offset, $"a chunk of {length} bytes can't be.");
        }

        Span<byte> bytes = _chunk.AsSpan(0, length);
        ReadExactly(_offset + head.Length, bytes);
        uint checksum = SnapshotFileFormat.ChunkChecksum(_header, _chunks, bytes);
        if (checksum != BinaryPrimitives.ReadUInt32LittleEndian(head[4..]))
        {
            throw Corrupted(_offset, "a chunk's checksum doesn't fit.");
        }

        _offset += head.Length + length;
        _chunks++;
        _length = length;
        _read = 0;
        _isAtEnd = length == 0;
        if (_isAtEnd && _offset != _file.Length)
        {
            throw Corrupted(_offset, $"the file goes on behind its end, to {_file.Length}.");
        }

        return !_isAtEnd;
    }

    private void ReadExactly(long offset, Span<byte> destination)
    {
        int read = 0;
        while (read < destination.Length)
        {
            int part = _file.Read(offset + read, destination[read..]);
            if (part == 0)
            {
                throw Corrupted(offset + read, "the file ends too early.");
            }

            read += part;
        }
    }

    private StorageCorruptedException Corrupted(long offset, string what) =>
        new(_path, offset, $"{what} {SnapshotFileFormat.WhatToDo}");
}
