using System.Buffers.Binary;
using Replication.Raft.Primitives;
using Replication.Storage.Files;

namespace Replication.Storage.Snapshots;

/// <summary>Writes a snapshot file front to back. Nothing is durable before <see cref="Finish"/> has
/// returned.</summary>
internal sealed class SnapshotFileWriter : OneWayStream
{
    private readonly IFile _file;
    private readonly byte[] _header = new byte[SnapshotFileFormat.HeaderBytes];
    private readonly byte[] _chunk = new byte[SnapshotFileFormat.ChunkHeadBytes + SnapshotFileFormat.ChunkBytesMax];
    private int _used;
    private long _chunks;
    private long _offset;

    public SnapshotFileWriter(IFile file, LogId id, ReadOnlySpan<byte> attachment)
    {
        _file = file;
        SnapshotFileFormat.WriteHeader(_header, id, attachment.Length);
        _file.Write(0, _header);
        _offset = _header.Length;
        Write(attachment);
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int part = Math.Min(buffer.Length, SnapshotFileFormat.ChunkBytesMax - _used);
            buffer[..part].CopyTo(_chunk.AsSpan(SnapshotFileFormat.ChunkHeadBytes + _used));
            _used += part;
            buffer = buffer[part..];
            if (_used == SnapshotFileFormat.ChunkBytesMax)
            {
                WriteChunk();
            }
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void WriteByte(byte value) => Write([value]);

    /// <summary>Writes what is left and the end mark, and makes the file durable.</summary>
    public void Finish()
    {
        if (_used > 0)
        {
            WriteChunk();
        }

        WriteChunk();
        _file.Sync();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A snapshot that is written can't be read from.");

    private void WriteChunk()
    {
        Span<byte> chunk = _chunk.AsSpan(0, SnapshotFileFormat.ChunkHeadBytes + _used);
        uint checksum = SnapshotFileFormat.ChunkChecksum(_header, _chunks, chunk[SnapshotFileFormat.ChunkHeadBytes..]);
        BinaryPrimitives.WriteInt32LittleEndian(chunk, _used);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[4..], checksum);
        _file.Write(_offset, chunk);
        _offset += chunk.Length;
        _chunks++;
        _used = 0;
    }
}
