using System.Buffers;
using Replication.Serialization;

namespace Replication.Benchmarks;

/// <summary>A put of a 16-byte key and a 256-byte value, written to and read from MessagePack.</summary>
public sealed class MessagePackPut
{
    private readonly ArrayBufferWriter<byte> _output = new(1024);
    private readonly byte[] _key = new byte[16];
    private readonly byte[] _value = new byte[256];
    private readonly byte[] _encoded;

    public MessagePackPut()
    {
        Write();
        _encoded = _output.WrittenSpan.ToArray();
    }

    public int Write()
    {
        _output.ResetWrittenCount();
        MessagePackWriter writer = new(_output);
        writer.WriteArrayHeader(4);
        writer.Write(2);
        writer.Write(1_234_567_890_123L);
        writer.Write(_key.AsSpan());
        writer.Write(_value.AsSpan());
        writer.Flush();
        return _output.WrittenCount;
    }

    public int Read()
    {
        MessagePackReader reader = new(_encoded.AsSpan());
        int count = reader.ReadArrayHeader();
        int kind = reader.ReadInt32();
        long stamp = reader.ReadInt64();
        return count + kind + (int)(stamp & 1) + reader.ReadBytesSpan().Length + reader.ReadBytesSpan().Length;
    }
}
