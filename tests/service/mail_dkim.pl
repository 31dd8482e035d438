#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Mail::DKIM as signer and judge for test_interop.py. Reads lines "VERB<TAB>WORD...<TAB>PATH", answers one line each:
#   arc STATUS PATH         seals PATH in place; cv=STATUS
#   dkim METHOD SELECTOR KEYFILE PATH   signs PATH in place; METHOD is c=
#   dk METHOD HEADERS PATH  signs PATH in place with DomainKeys; HEADERS 1 writes h=
#   check-arc PATH          none, pass, fail
#   check-dkim PATH         result of its only DKIM-Signature
#   check-dk PATH           result of its DomainKey-Signature
# usage: mail_dkim.pl KEYFILE DNS_PORT
use strict;
use warnings;
use Mail::DKIM::ARC::Signer;
use Mail::DKIM::ARC::Verifier;
use Mail::DKIM::DkSignature;
use Mail::DKIM::Signer;
use Mail::DKIM::TextWrap;
use Mail::DKIM::Verifier;
use Net::DNS::Resolver;

my ($key, $port) = @ARGV;
Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(nameservers => ['127.0.0.1'], port => $port, recurse => 1, udppacketsize => 4096));
$| = 1;
$SIG{__WARN__} = sub { };    # the library's, about undefined values in hostile input

sub octets {
    my ($path, $put) = @_;
    open my $file, defined $put ? '>:raw' : '<:raw', $path or die "$path: $!";
    return print($file $put) && close $file if defined $put;
    local $/;
    return scalar <$file>;
}

sub feed {
    my ($dkim, $text) = @_;
    $dkim->PRINT($text);
    $dkim->CLOSE;
    return $dkim;
}

my %verbs = (
    'arc' => sub {
        my ($status, $path) = @_;
        my $text   = octets($path);
        my $signer = feed(Mail::DKIM::ARC::Signer->new(Algorithm => 'rsa-sha256', Chain => $status, Domain => 'signer.example',
            SrvId => 'signer.example', Selector => 'rsa', KeyFile => $key, Headers => 'from:subject'), $text);
        my $sets = $signer->as_string;
        $sets =~ s/\r?\n/\r\n/g;
        octets($path, $sets . ($sets =~ /\n\z/ ? '' : "\r\n") . $text);
        return $signer->result;
    },
    'dkim' => sub {
        my ($method, $selector, $file, $path) = @_;
        my $text = octets($path);
        my $line = feed(Mail::DKIM::Signer->new(Algorithm => 'rsa-sha256', Method => $method, Domain => 'signer.example',
            Selector => $selector, KeyFile => $file), $text)->signature->as_string;
        $line =~ s/\r?\n/\r\n/g;
        octets($path, "$line\r\n$text");
        return 'signed';
    },
    'dk' => sub {
        my ($method, $headers, $path) = @_;
        my $text   = octets($path);
        my $policy = sub {
            $_[0]->add_signature(Mail::DKIM::DkSignature->new(Algorithm => 'rsa-sha1', Method => $method, Domain => 'signer.example',
                Selector => 'rsa', Headers => $headers ? $_[0]->headers : undef));
            return;
        };
        my $line = feed(Mail::DKIM::Signer->new(Policy => $policy, KeyFile => $key), $text)->signature->as_string;
        $line =~ s/\r?\n/\r\n/g;
        octets($path, "$line\r\n$text");
        return 'signed';
    },
    'check-arc'  => sub { feed(Mail::DKIM::ARC::Verifier->new, octets($_[0]))->result },
    'check-dkim' => sub {
        my @signatures = feed(Mail::DKIM::Verifier->new, octets($_[0]))->signatures;
        return @signatures == 1 ? $signatures[0]->result : 'none';
    },
    'check-dk'   => sub {
        for my $signature (feed(Mail::DKIM::Verifier->new, octets($_[0]))->signatures) {
            return $signature->result if $signature->isa('Mail::DKIM::DkSignature');
        }
        return 'none';
    },
);

while (my $line = <STDIN>) {
    chomp $line;
    my ($verb, @words) = split /\t/, $line, -1;
    my $answer = eval { $verbs{$verb}->(@words) };
    print defined $answer ? "$answer\n" : 'error ' . ($@ =~ s/\s+/ /gr) . "\n";
}
