using System.Buffers;
using System.Buffers.Binary;
using Replication.Serialization;

namespace Replication.SystemTests.Serialization;

/// <summary>Our MessagePack against Debian's python3-msgpack, alive.</summary>
public sealed class MessagePackCrossCheckTests : IDisposable
{
    private const int Seed = 4;
    private const int Count = 1_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("replication-msgpack-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_golden_file_is_what_the_installed_package_generates()
    {
        string script = Path.Combine(
            Tool.RepositoryRoot, "tests", "Replication.Tests", "Serialization", "generate-golden.py");

        ToolResult result = await Tool.RunAsync(Tool.Python, [script, "--check"]);

        result.AssertSuccess();
        Assert.StartsWith("same ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_we_write_is_what_python_writes_after_reading_it()
    {
        Random random = new(Seed);
        byte[][] messages = [.. Enumerable.Range(0, Count).Select(_ => RandomMessage(random))];
        await WriteFramesAsync("in", messages);

        ToolResult result = await Tool.RunAsync(Tool.Python, [Script, "repack", At("in"), At("out")]);

        result.AssertSuccess();
        byte[][] repacked = await ReadFramesAsync("out");
        Assert.Equal(Count, repacked.Length);
        for (int i = 0; i < Count; i++)
        {
            Assert.True(
                messages[i].AsSpan().SequenceEqual(repacked[i]),
                $"Seed {Seed}, message {i}: {Convert.ToHexString(messages[i])} came back as "
                    + $"{Convert.ToHexString(repacked[i])}.");
        }
    }

    [Fact]
    public async Task What_python_writes_is_what_we_write_after_reading_it()
    {
        ToolResult result = await Tool.RunAsync(Tool.Python, [Script, "generate", $"{Seed}", $"{Count}", At("out")]);

        result.AssertSuccess();
        byte[][] messages = await ReadFramesAsync("out");
        Assert.Equal(Count, messages.Length);
        for (int i = 0; i < Count; i++)
        {
            byte[] copied = Copied(messages[i]);
            Assert.True(
                messages[i].AsSpan().SequenceEqual(copied),
                $"Seed {Seed}, message {i}: {Convert.ToHexString(messages[i])} became {Convert.ToHexString(copied)}.");
        }
    }

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Serialization", "repack.py");

    private string At(string name) => Path.Combine(_directory, name);

    private async Task WriteFramesAsync(string name, byte[][] messages)
    {
        await using FileStream file = File.Create(At(name));
        byte[] length = new byte[4];
        foreach (byte[] message in messages)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, message.Length);
            await file.WriteAsync(length);
            await file.WriteAsync(message);
        }
    }

    private async Task<byte[][]> ReadFramesAsync(string name)
    {
        byte[] all = await File.ReadAllBytesAsync(At(name));
        List<byte[]> frames = [];
        for (int at = 0; at < all.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(all.AsSpan(at));
            frames.Add(all[(at + 4)..(at + 4 + length)]);
            at += 4 + length;
        }

        return [.. frames];
    }

    private static byte[] RandomMessage(Random random)
    {
        ArrayBufferWriter<byte> output = new();
        MessagePackWriter writer = new(output);
        WriteRandom(ref writer, random, depth: 0);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static void WriteRandom(ref MessagePackWriter writer, Random random, int depth)
    {
        switch (random.Next(depth < 5 ? 10 : 8))
        {
            case 0:
                writer.WriteNil();
                break;
            case 1:
                writer.Write(random.Next(2) == 0);
                break;
            case 2:
                writer.Write(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));
                break;
            case 3:
                writer.Write(ulong.MaxValue >> random.Next(64));
                break;
            case 4:
                writer.Write(random.NextDouble() * 1e300);
                break;
            case 5:
                writer.Write(
                    string.Concat(Enumerable.Range(0, random.Next(80)).Select(_ => (char)random.Next(0xd7ff))));
                break;
            case 6:
                writer.Write(new byte[random.Next(20) == 0 ? random.Next(70_000) : random.Next(40)].AsSpan());
                break;
            case 7:
                int length = random.Next(20);
                writer.WriteExtensionFormatHeader(new ExtensionHeader((sbyte)random.Next(128), (uint)length));
                writer.WriteRaw(new byte[length]);
                break;
            case 8:
                int items = random.Next(18);
                writer.WriteArrayHeader(items);
                for (int i = 0; i < items; i++)
                {
                    WriteRandom(ref writer, random, depth + 1);
                }

                break;
            default:
                int pairs = random.Next(18);
                writer.WriteMapHeader(pairs);
                for (int i = 0; i < pairs; i++)
                {
                    writer.Write("key " + i);
                    WriteRandom(ref writer, random, depth + 1);
                }

                break;
        }
    }

    /// <summary>Reads every value and writes it again.</summary>
    private static byte[] Copied(byte[] message)
    {
        ArrayBufferWriter<byte> output = new();
        MessagePackWriter writer = new(output);
        MessagePackReader reader = new(new ReadOnlyMemory<byte>(message));
        Copy(ref reader, ref writer);
        writer.Flush();
        Assert.True(reader.End);
        return output.WrittenSpan.ToArray();
    }

    private static void Copy(ref MessagePackReader reader, ref MessagePackWriter writer)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                reader.ReadNil();
                writer.WriteNil();
                break;
            case MessagePackType.Boolean:
                writer.Write(reader.ReadBoolean());
                break;
            case MessagePackType.Integer when reader.NextCode == 0xcf:
                writer.Write(reader.ReadUInt64());
                break;
            case MessagePackType.Integer:
                writer.Write(reader.ReadInt64());
                break;
            case MessagePackType.Float:
                writer.Write(reader.ReadDouble());
                break;
            case MessagePackType.String:
                writer.Write(reader.ReadString());
                break;
            case MessagePackType.Binary:
                writer.Write(reader.ReadBytes()!.Value);
                break;
            case MessagePackType.Extension:
                ExtensionHeader header = reader.ReadExtensionFormatHeader();
                writer.WriteExtensionFormatHeader(header);
                writer.WriteRaw(reader.ReadRaw(header.Length));
                break;
            case MessagePackType.Array:
                int items = reader.ReadArrayHeader();
                writer.WriteArrayHeader(items);
                CopyMany(ref reader, ref writer, items);
                break;
            case MessagePackType.Map:
                int pairs = reader.ReadMapHeader();
                writer.WriteMapHeader(pairs);
                CopyMany(ref reader, ref writer, 2 * pairs);
                break;
            default:
                Assert.Fail($"No value starts with {reader.NextCode}.");
                break;
        }
    }

    private static void CopyMany(ref MessagePackReader reader, ref MessagePackWriter writer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Copy(ref reader, ref writer);
        }
    }
}
